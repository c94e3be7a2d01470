#if defined(__x86_64__)

#include <cpuid.h>
#include <nmmintrin.h>

#define TARGET __attribute__((target("sse4.2")))
#define STEP8(crc, byte) _mm_crc32_u8(crc, byte)
#define STEP64(crc, word) (uint32_t)_mm_crc32_u64(crc, word)
#include "interleaved.h"

bool sluice_crc32c_can_sse42(void) {
    unsigned eax, ebx, ecx, edx;
    return __get_cpuid(1, &eax, &ebx, &ecx, &edx) && (ecx & bit_SSE4_2) != 0;
}

TARGET uint32_t sluice_crc32c_sse42(uint32_t crc, const uint8_t *bytes, size_t count) {
    return interleaved(crc, bytes, count);
}

#else
typedef int sluice_crc32c_sse42_unused;
#endif
