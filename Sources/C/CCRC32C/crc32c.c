#include "crc32c.h"

uint32_t sluice_crc32c(uint32_t crc, const uint8_t *bytes, size_t count) {
    crc = ~crc;
    while (count--) {
        crc ^= *bytes++;
        for (int bit = 0; bit < 8; bit++) crc = crc >> 1 ^ (0x82F63B78 & -(crc & 1));
    }
    return ~crc;
}
