#if defined(__x86_64__)

#include <cpuid.h>
#include <immintrin.h>

#include "crc32c.h"
#include "paths.h"

#define TARGET __attribute__((target("sse4.2,pclmul,avx512f,avx512vl,vpclmulqdq")))

// The instructions, and that the system saves the registers they use.
bool sluice_crc32c_can_vpclmul(void) {
    unsigned eax, ebx, ecx, edx, low, high;
    if (!sluice_crc32c_can_sse42() || !__get_cpuid(1, &eax, &ebx, &ecx, &edx)) return false;
    if ((ecx & bit_OSXSAVE) == 0 || (ecx & bit_PCLMUL) == 0) return false;
    __asm__("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    if ((low & 0xE6) != 0xE6 || !__get_cpuid_count(7, 0, &eax, &ebx, &ecx, &edx)) return false;
    return (ebx & bit_AVX512F) != 0 && (ebx & bit_AVX512VL) != 0 && (ecx & bit_VPCLMULQDQ) != 0;
}

// What moves 16 bytes past `distance` bytes that follow them: x^(8 distance + 31) and x^(8 distance - 33) modulo the
// polynomial, each with its lowest bit first.
#define BY_256 _mm_setr_epi32((int)0xDCB17AA4, 0, (int)0xB9E02B86, 0)
#define BY_64 _mm_setr_epi32((int)0x740EEF02, 0, (int)0x9E4ADDF8, 0)
#define BY_16 _mm_setr_epi32((int)0xF20C0DFE, 0, (int)0x493C7D27, 0)

static inline TARGET __m512i moved(__m512i bytes, __m512i by, __m512i onto) {
    __m512i low = _mm512_clmulepi64_epi128(bytes, by, 0x00), high = _mm512_clmulepi64_epi128(bytes, by, 0x11);
    return _mm512_ternarylogic_epi64(low, high, onto, 0x96);
}

static inline TARGET __m128i moved_short(__m128i bytes, __m128i by, __m128i onto) {
    __m128i low = _mm_clmulepi64_si128(bytes, by, 0x00), high = _mm_clmulepi64_si128(bytes, by, 0x11);
    return _mm_xor_si128(_mm_xor_si128(low, high), onto);
}

static inline TARGET __m512i load(const uint8_t *bytes) { return _mm512_loadu_si512((const void *)bytes); }

// Four streams of 64 bytes each are moved past one another, 256 bytes at a time, and joined at the end.
TARGET uint32_t sluice_crc32c_vpclmul(uint32_t crc, const uint8_t *bytes, size_t count) {
    if (count < 512) return sluice_crc32c_sse42(crc, bytes, count);
    __m512i first = _mm512_xor_si512(load(bytes), _mm512_zextsi128_si512(_mm_cvtsi32_si128((int)~crc)));
    __m512i second = load(bytes + 64), third = load(bytes + 128), fourth = load(bytes + 192);
    __m512i by = _mm512_broadcast_i32x4(BY_256);
    for (bytes += 256, count -= 256; count >= 256; bytes += 256, count -= 256) {
        first = moved(first, by, load(bytes));
        second = moved(second, by, load(bytes + 64));
        third = moved(third, by, load(bytes + 128));
        fourth = moved(fourth, by, load(bytes + 192));
    }
    by = _mm512_broadcast_i32x4(BY_64);
    fourth = moved(moved(moved(first, by, second), by, third), by, fourth);
    __m128i rest = _mm512_castsi512_si128(fourth);
    rest = moved_short(rest, BY_16, _mm512_extracti32x4_epi32(fourth, 1));
    rest = moved_short(rest, BY_16, _mm512_extracti32x4_epi32(fourth, 2));
    rest = moved_short(rest, BY_16, _mm512_extracti32x4_epi32(fourth, 3));
    uint64_t joined = _mm_crc32_u64(0, (uint64_t)_mm_extract_epi64(rest, 0));
    joined = _mm_crc32_u64(joined, (uint64_t)_mm_extract_epi64(rest, 1));
    return sluice_crc32c_sse42(~(uint32_t)joined, bytes, count);
}

#else
typedef int sluice_crc32c_vpclmul_unused;
#endif
