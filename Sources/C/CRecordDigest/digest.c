#include <pthread.h>

#include "paths.h"

static sluice_digest (*chosen128)(const uint8_t *, size_t) = sluice_digest128_portable;
static uint64_t (*chosen64)(const uint8_t *, size_t) = sluice_digest64_portable;
static size_t (*chosen_records)(
    const sluice_digest_batch *, const uint8_t *, size_t, sluice_digest_walk *, sluice_digested_record *, size_t) =
    sluice_digest_records_portable;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void choose(void) {
#if defined(__x86_64__)
    if (!sluice_digest_can_avx2()) return;
    chosen128 = sluice_digest128_avx2;
    chosen64 = sluice_digest64_avx2;
    chosen_records = sluice_digest_records_avx2;
#endif
}

sluice_digest sluice_digest128(const uint8_t *bytes, size_t count) {
    pthread_once(&once, choose);
    return chosen128(bytes, count);
}

uint64_t sluice_digest64(const uint8_t *bytes, size_t count) {
    pthread_once(&once, choose);
    return chosen64(bytes, count);
}

sluice_digest sluice_digest_stamped(sluice_digest digest, int64_t timestamp) { return stamped(digest, timestamp); }

size_t sluice_digest_records(
    const sluice_digest_batch *batch, const uint8_t *bytes, size_t count, sluice_digest_walk *walk,
    sluice_digested_record *records, size_t room) {
    pthread_once(&once, choose);
    return chosen_records(batch, bytes, count, walk, records, room);
}
