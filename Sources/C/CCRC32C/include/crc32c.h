#ifndef SLUICE_CRC32C_H
#define SLUICE_CRC32C_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// CRC-32C (Castagnoli) of `count` bytes, continuing from `crc` (0 to start), by the fastest way this machine has.
// `bytes` is only read, and may be null if `count` is 0. Safe to call from any thread.
uint32_t sluice_crc32c(uint32_t crc, const uint8_t *bytes, size_t count);

// The same by tables alone, on any machine.
uint32_t sluice_crc32c_portable(uint32_t crc, const uint8_t *bytes, size_t count);

// Whether `sluice_crc32c` uses instructions made for it.
bool sluice_crc32c_is_hardware(void);

#endif
