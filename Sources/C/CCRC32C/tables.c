#include <pthread.h>

#include "paths.h"

// The Castagnoli polynomial, lowest bit first.
#define POLYNOMIAL 0x82F63B78u

static sluice_crc32c_tables tables;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static uint32_t apply(const uint32_t operator[32], uint32_t crc) {
    uint32_t result = 0;
    for (int bit = 0; crc != 0; crc >>= 1, bit++) {
        if (crc & 1) result ^= operator[bit];
    }
    return result;
}

// Appending zeros is linear, so what it does to each bit says what it does to all; squaring doubles the zeros.
static void fill_shift(sluice_crc32c_shift *shift, size_t zeros) {
    uint32_t operator[32], squared[32];
    for (int bit = 0; bit < 32; bit++) {
        uint32_t crc = 1u << bit;
        operator[bit] = tables.slices[0][crc & 0xFF] ^ crc >> 8;
    }
    for (size_t covered = 1; covered < zeros; covered *= 2) {
        for (int bit = 0; bit < 32; bit++) squared[bit] = apply(operator, operator[bit]);
        for (int bit = 0; bit < 32; bit++) operator[bit] = squared[bit];
    }
    for (int byte = 0; byte < 4; byte++) {
        for (uint32_t value = 0; value < 256; value++) shift->of[byte][value] = apply(operator, value << 8 * byte);
    }
}

static void fill(void) {
    for (uint32_t value = 0; value < 256; value++) {
        uint32_t crc = value;
        for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (POLYNOMIAL & -(crc & 1));
        tables.slices[0][value] = crc;
    }
    for (int slice = 1; slice < 8; slice++) {
        for (uint32_t value = 0; value < 256; value++) {
            uint32_t crc = tables.slices[slice - 1][value];
            tables.slices[slice][value] = tables.slices[0][crc & 0xFF] ^ crc >> 8;
        }
    }
    fill_shift(&tables.by_long, SLUICE_CRC32C_LONG);
    fill_shift(&tables.by_short, SLUICE_CRC32C_SHORT);
}

const sluice_crc32c_tables *sluice_crc32c_get_tables(void) {
    pthread_once(&once, fill);
    return &tables;
}
