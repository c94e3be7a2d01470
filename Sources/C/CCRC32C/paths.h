#ifndef SLUICE_CRC32C_PATHS_H
#define SLUICE_CRC32C_PATHS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// How many bytes each of the three interleaved streams covers: the first for batches of a usual size, the second
// for what is left of them.
#define SLUICE_CRC32C_LONG 4096
#define SLUICE_CRC32C_SHORT 256

// What appending that many zero bytes does to a checksum, by the checksum's byte.
typedef struct {
    uint32_t of[4][256];
} sluice_crc32c_shift;

typedef struct {
    uint32_t slices[8][256];
    sluice_crc32c_shift by_long, by_short;
} sluice_crc32c_tables;

// Computed by the first caller, constant afterwards.
const sluice_crc32c_tables *sluice_crc32c_get_tables(void);

// Whether this machine has the instructions, and the way that uses them; defined for the architectures that may.
bool sluice_crc32c_can_sse42(void);
uint32_t sluice_crc32c_sse42(uint32_t crc, const uint8_t *bytes, size_t count);
bool sluice_crc32c_can_vpclmul(void);
uint32_t sluice_crc32c_vpclmul(uint32_t crc, const uint8_t *bytes, size_t count);
bool sluice_crc32c_can_armv8(void);
uint32_t sluice_crc32c_armv8(uint32_t crc, const uint8_t *bytes, size_t count);

#endif
