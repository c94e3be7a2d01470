#ifndef SLUICE_CRC32C_H
#define SLUICE_CRC32C_H

#include <stddef.h>
#include <stdint.h>

// CRC-32C (Castagnoli) of `count` bytes, continuing from `crc` (0 to start).
uint32_t sluice_crc32c(uint32_t crc, const uint8_t *bytes, size_t count);

#endif
