#ifndef SLUICE_RECORD_DIGEST_PATHS_H
#define SLUICE_RECORD_DIGEST_PATHS_H

#include "record_digest.h"

uint64_t sluice_digest64_portable(const uint8_t *bytes, size_t count);
size_t sluice_digest_records_portable(
    const sluice_digest_batch *batch, const uint8_t *bytes, size_t count, sluice_digest_walk *walk,
    sluice_digested_record *records, size_t room);

// Whether this machine has the instructions, and the ways that use them; defined for the architecture that may.
bool sluice_digest_can_avx2(void);
sluice_digest sluice_digest128_avx2(const uint8_t *bytes, size_t count);
uint64_t sluice_digest64_avx2(const uint8_t *bytes, size_t count);
size_t sluice_digest_records_avx2(
    const sluice_digest_batch *batch, const uint8_t *bytes, size_t count, sluice_digest_walk *walk,
    sluice_digested_record *records, size_t room);

// SplitMix64's finalizer: one word for each word.
static inline __attribute__((always_inline)) uint64_t mixed(uint64_t word) {
    word = (word ^ word >> 30) * 0xBF58476D1CE4E5B9u;
    word = (word ^ word >> 27) * 0x94D049BB133111EBu;
    return word ^ word >> 31;
}

// The timestamp is not the hash's seed: for short input that is hardly more than added to it, so that a counter and a
// clock that go up together would cancel out. Each half is moved by a word that differs for every timestamp, so two
// records agree only if their hashes differ by just that: as likely as any collision.
static inline __attribute__((always_inline)) sluice_digest stamped(sluice_digest digest, int64_t timestamp) {
    uint64_t word = mixed((uint64_t)timestamp + 0x9E3779B97F4A7C15u);
    return (sluice_digest){.low = digest.low + word, .high = digest.high ^ mixed(word)};
}

#endif
