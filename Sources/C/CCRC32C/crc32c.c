#include "crc32c.h"

#include <pthread.h>

#include "paths.h"

typedef uint32_t (*path)(uint32_t, const uint8_t *, size_t);

static path chosen = sluice_crc32c_portable;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void choose(void) {
#if defined(__x86_64__)
    if (sluice_crc32c_can_sse42()) chosen = sluice_crc32c_sse42;
    if (sluice_crc32c_can_vpclmul()) chosen = sluice_crc32c_vpclmul;
#elif defined(__aarch64__) && defined(__linux__) && defined(__AARCH64EL__)
    if (sluice_crc32c_can_armv8()) chosen = sluice_crc32c_armv8;
#endif
}

uint32_t sluice_crc32c(uint32_t crc, const uint8_t *bytes, size_t count) {
    pthread_once(&once, choose);
    return chosen(crc, bytes, count);
}

bool sluice_crc32c_is_hardware(void) {
    pthread_once(&once, choose);
    return chosen != sluice_crc32c_portable;
}
