#include "crc32c.h"
#include "paths.h"

static uint32_t load(const uint8_t *bytes) {
    return (uint32_t)bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[3] << 24;
}

// Slicing by 8: eight independent table reads for eight bytes, where one after the other would wait eight times.
uint32_t sluice_crc32c_portable(uint32_t crc, const uint8_t *bytes, size_t count) {
    const uint32_t(*slices)[256] = sluice_crc32c_get_tables()->slices;
    crc = ~crc;
    for (; count >= 8; bytes += 8, count -= 8) {
        uint32_t low = load(bytes) ^ crc, high = load(bytes + 4);
        crc = slices[7][low & 0xFF] ^ slices[6][low >> 8 & 0xFF] ^ slices[5][low >> 16 & 0xFF] ^
              slices[4][low >> 24] ^ slices[3][high & 0xFF] ^ slices[2][high >> 8 & 0xFF] ^
              slices[1][high >> 16 & 0xFF] ^ slices[0][high >> 24];
    }
    for (; count > 0; bytes++, count--) crc = slices[0][(crc ^ *bytes) & 0xFF] ^ crc >> 8;
    return ~crc;
}
