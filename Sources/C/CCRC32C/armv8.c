// Big-endian ARM would have to swap each word first; it takes the portable path.
#if defined(__aarch64__) && defined(__linux__) && defined(__AARCH64EL__)

#include <sys/auxv.h>

#define TARGET __attribute__((target("crc")))
#define STEP8(crc, byte) __builtin_arm_crc32cb(crc, byte)
#define STEP64(crc, word) __builtin_arm_crc32cd(crc, word)
#include "interleaved.h"

// HWCAP_CRC32 of <asm/hwcap.h>, part of the kernel's ABI.
#define CRC32_CAPABILITY (1ul << 7)

bool sluice_crc32c_can_armv8(void) {
    return (getauxval(AT_HWCAP) & CRC32_CAPABILITY) != 0;
}

TARGET uint32_t sluice_crc32c_armv8(uint32_t crc, const uint8_t *bytes, size_t count) {
    return interleaved(crc, bytes, count);
}

#else
typedef int sluice_crc32c_armv8_unused;
#endif
