#ifndef LUAHOST_MATCHER_H
#define LUAHOST_MATCHER_H

#include "internal.h"

enum { MATCHER_MAX_CAPTURES = 32, MATCHER_MAX_DEPTH = 200 };
enum { CAPTURE_OPEN = -1, CAPTURE_POSITION = -2 };  // in place of a length

// One attempt to match Lua's patterns; the reference manual §6.4.1 says what they mean.
typedef struct {
    lua_State *L;
    const char *subject, *subject_end, *pattern_end;
    int depth;   // calls left before the pattern counts as too complex
    int levels;  // captures begun
    struct { const char *start; ptrdiff_t count; } captures[MATCHER_MAX_CAPTURES];
} luahost_matcher;

luahost_matcher luahost_matcher_make(
    lua_State *L, const char *subject, size_t subject_count, const char *pattern, size_t pattern_count);

// The end of the match of `pattern` at `at`, or null. Raises on a malformed pattern, and when the script is late.
const char *luahost_match_at(luahost_matcher *matcher, const char *at, const char *pattern);

// Pushes a capture; number 0 of a match without captures is the whole, from `start` to `end`.
void luahost_push_capture(luahost_matcher *matcher, int number, const char *start, const char *end);
// Pushes all of them, or the whole match if there are none and `start` is not null. Returns how many.
int luahost_push_captures(luahost_matcher *matcher, const char *start, const char *end);

#endif
