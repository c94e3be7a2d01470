// The body shared by the paths. The includer has included xxhash.h, all of it inline, and defines PATH(name), the name of
// a function on its path.
//
// A call for each record, and a check of what the machine can do for each call, would cost about as much as the hash of a
// short record.

#include "paths.h"

#define INLINE static inline __attribute__((always_inline))

INLINE sluice_digest hash(const uint8_t *bytes, size_t count) {
    XXH128_hash_t found = XXH3_128bits(bytes, count);
    return (sluice_digest){.low = found.low64, .high = found.high64};
}

sluice_digest PATH(sluice_digest128)(const uint8_t *bytes, size_t count) { return hash(bytes, count); }

uint64_t PATH(sluice_digest64)(const uint8_t *bytes, size_t count) { return XXH3_64bits(bytes, count); }

// Reads a zig-zag varint of at most four bytes, none of them needless, that ends before `end`; false where it is none.
INLINE bool number(const uint8_t *bytes, size_t end, size_t *at, int64_t *value) {
    uint32_t raw = 0;
    size_t position = *at;
    for (unsigned shift = 0; shift < 28; shift += 7) {
        if (position >= end) return false;
        uint32_t byte = bytes[position++];
        raw |= (byte & 0x7F) << shift;
        if (byte < 0x80) {
            if (byte == 0 && shift > 0) return false;
            *at = position;
            *value = (int64_t)(raw >> 1) ^ -(int64_t)(raw & 1);
            return true;
        }
    }
    return false;
}

// Skips the bytes whose length stands before them; `least` is -1 where they may be null.
INLINE bool skip(const uint8_t *bytes, size_t end, size_t *at, int64_t least) {
    int64_t length;
    if (!number(bytes, end, at, &length) || length < least) return false;
    if (length < 0) return true;
    if ((uint64_t)length > end - *at) return false;
    *at += (size_t)length;
    return true;
}

size_t PATH(sluice_digest_records)(
    const sluice_digest_batch *batch, const uint8_t *bytes, size_t count, sluice_digest_walk *walk,
    sluice_digested_record *records, size_t room) {
    size_t position = walk->position, done = 0;
    int64_t least = walk->least_offset_delta;
    for (; done < room; done++) {
        size_t at = position;
        int64_t length, timestamp_delta, offset_delta, headers;
        if (!number(bytes, count, &at, &length) || length < 1 || (uint64_t)length > count - at) break;
        size_t end = at + (size_t)length;
        at += 1;  // attributes, of which none are in use
        if (!number(bytes, end, &at, &timestamp_delta) || !number(bytes, end, &at, &offset_delta)) break;
        if (offset_delta < least || offset_delta > batch->last_offset_delta) break;
        size_t content = at;
        if (!skip(bytes, end, &at, -1) || !skip(bytes, end, &at, -1) || !number(bytes, end, &at, &headers)) break;
        if (headers != 0) {
            // A header takes two bytes or more.
            if (!batch->takes_headers || headers < 0 || (uint64_t)headers > (end - at) / 2) break;
            while (headers > 0 && skip(bytes, end, &at, 0) && skip(bytes, end, &at, -1)) headers--;
            if (headers > 0) break;
        }
        if (at != end) break;

        int64_t timestamp = batch->timestamp;
        if (!batch->has_one_timestamp && __builtin_add_overflow(timestamp, timestamp_delta, &timestamp)) break;
        sluice_digest digest = hash(bytes + content, end - content);
        if (batch->stamps) digest = stamped(digest, timestamp);
        records[done] = (sluice_digested_record){
            .offset = batch->base_offset + offset_delta, .digest = digest, .size = (int32_t)(end - content)};
        position = end;
        least = offset_delta + 1;
    }
    walk->position = position;
    walk->least_offset_delta = least;
    return done;
}
