#if defined(__x86_64__)

#include <cpuid.h>
#include <immintrin.h>

#include "paths.h"

// The instructions, and that the system saves the registers they use.
bool sluice_digest_can_avx2(void) {
    unsigned eax, ebx, ecx, edx, low, high;
    if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx) || (ecx & bit_OSXSAVE) == 0 || (ecx & bit_AVX) == 0) return false;
    __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (low & 6) == 6 && __get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx) && (ebx & bit_AVX2) != 0;
}

// xxhash has the code, and takes it where it is told to; its functions have to be allowed the instructions.
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#define XXH_INLINE_ALL
#define XXH_VECTOR XXH_AVX2
#include <xxhash.h>

#define PATH(name) name##_avx2
#include "walk.h"
#pragma clang attribute pop

#else
typedef int sluice_digest_avx2_unused;
#endif
