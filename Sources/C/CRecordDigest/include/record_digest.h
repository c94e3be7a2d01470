#ifndef SLUICE_RECORD_DIGEST_H
#define SLUICE_RECORD_DIGEST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Nothing here keeps a pointer, and all may be called from any thread. A pointer may be null where its count is 0.

typedef struct {
    uint64_t low, high;
} sluice_digest;

// XXH3 of `count` bytes, by the widest instructions that this machine has.
sluice_digest sluice_digest128(const uint8_t *bytes, size_t count);
uint64_t sluice_digest64(const uint8_t *bytes, size_t count);

// The same digest into which a timestamp is mixed.
sluice_digest sluice_digest_stamped(sluice_digest digest, int64_t timestamp);

// What a walk has to know of the batch that its records are in. `base_offset` and `last_offset_delta` are not negative,
// and their sum does not overflow.
typedef struct {
    int64_t base_offset;
    int64_t last_offset_delta;
    // What records' timestamps are relative to, or the one that counts for all.
    int64_t timestamp;
    bool has_one_timestamp;
    // Whether digests depend on timestamps.
    bool stamps;
    // Whether records that have headers are hashed as they lie, too.
    bool takes_headers;
} sluice_digest_batch;

// How far a walk has come: where the next record begins, and the least offset that it may have.
typedef struct {
    size_t position;
    int64_t least_offset_delta;
} sluice_digest_walk;

typedef struct {
    int64_t offset;
    sluice_digest digest;
    // Of key, value and headers.
    int32_t size;
} sluice_digested_record;

// Digests at most `room` records from `walk->position` on, where they lie in the `count` bytes, and moves `walk` past them.
//
// Stops before a record that is damaged, cut off, or unusual: a number in it has more than four bytes, or more than it
// needs, or its headers are not to be taken. Returns how many were digested. No byte past `count` is read.
size_t sluice_digest_records(
    const sluice_digest_batch *batch, const uint8_t *bytes, size_t count, sluice_digest_walk *walk,
    sluice_digested_record *records, size_t room);

// `sluice_digest128` without the wider instructions, to check it against.
sluice_digest sluice_digest128_portable(const uint8_t *bytes, size_t count);

#endif
