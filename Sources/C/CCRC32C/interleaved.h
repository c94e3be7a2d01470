// The body shared by the hardware paths. The includer defines TARGET, the attribute that allows the instructions, and
// STEP8(crc, byte) and STEP64(crc, word), which wrap them.
//
// One such instruction takes three cycles, and one can start each cycle: three streams over neighbouring blocks keep
// the unit busy, and tables join their checksums.

#include <string.h>

#include "paths.h"

static inline TARGET uint64_t word(const uint8_t *bytes) {
    uint64_t value;
    memcpy(&value, bytes, sizeof value);
    return value;
}

static inline TARGET uint32_t shifted(const sluice_crc32c_shift *shift, uint32_t crc) {
    return shift->of[0][crc & 0xFF] ^ shift->of[1][crc >> 8 & 0xFF] ^ shift->of[2][crc >> 16 & 0xFF] ^
           shift->of[3][crc >> 24];
}

// Three blocks of `size` bytes from `bytes`.
static inline TARGET uint32_t three(uint32_t crc, const uint8_t *bytes, size_t size, const sluice_crc32c_shift *shift) {
    uint32_t first = crc, second = 0, third = 0;
    for (size_t at = 0; at < size; at += 8) {
        first = STEP64(first, word(bytes + at));
        second = STEP64(second, word(bytes + size + at));
        third = STEP64(third, word(bytes + 2 * size + at));
    }
    return shifted(shift, shifted(shift, first) ^ second) ^ third;
}

static inline TARGET uint32_t interleaved(uint32_t crc, const uint8_t *bytes, size_t count) {
    const sluice_crc32c_tables *tables = sluice_crc32c_get_tables();
    crc = ~crc;
    for (; count >= 3 * SLUICE_CRC32C_LONG; bytes += 3 * SLUICE_CRC32C_LONG, count -= 3 * SLUICE_CRC32C_LONG) {
        crc = three(crc, bytes, SLUICE_CRC32C_LONG, &tables->by_long);
    }
    for (; count >= 3 * SLUICE_CRC32C_SHORT; bytes += 3 * SLUICE_CRC32C_SHORT, count -= 3 * SLUICE_CRC32C_SHORT) {
        crc = three(crc, bytes, SLUICE_CRC32C_SHORT, &tables->by_short);
    }
    for (; count >= 8; bytes += 8, count -= 8) crc = STEP64(crc, word(bytes));
    for (; count > 0; bytes++, count--) crc = STEP8(crc, *bytes);
    return ~crc;
}
