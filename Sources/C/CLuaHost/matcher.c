#include "matcher.h"

#include <ctype.h>
#include <string.h>

// The library's matcher cannot be interrupted: on 50 bytes, eight ".-" outlive any deadline. This one has the same
// results and counts a tick at each step that can repeat.

typedef const char *text;

static inline unsigned char byte_at(text at) { return *(const unsigned char *)at; }

luahost_matcher luahost_matcher_make(
    lua_State *L, text subject, size_t subject_count, text pattern, size_t pattern_count) {
    return (luahost_matcher){
        .L = L, .subject = subject, .subject_end = subject + subject_count, .pattern_end = pattern + pattern_count,
        .depth = MATCHER_MAX_DEPTH,
    };
}

// MARK: Classes

// The end of the single class (a character, "%a", "[…]") that begins at `at`.
static text class_end(luahost_matcher *m, text at) {
    if (at == m->pattern_end) luaL_error(m->L, "malformed pattern (ends with '%%')");
    char first = *at++;
    if (first == '%') {
        if (at == m->pattern_end) luaL_error(m->L, "malformed pattern (ends with '%%')");
        return at + 1;
    }
    if (first != '[') return at;
    text start = at;
    if (at < m->pattern_end && *at == '^') at++;
    do {  // a ']' at once stands for itself
        if (at == m->pattern_end) luaL_error(m->L, "malformed pattern (missing ']')");
        if (*at++ == '%' && at < m->pattern_end) at++;
    } while (at == m->pattern_end || *at != ']');
    luahost_tick(m->L, (size_t)(at - start) / 16);
    return at + 1;
}

static bool is_in_class(int byte, int class) {
    bool answer;
    switch (tolower(class)) {
    case 'a': answer = isalpha(byte); break;
    case 'c': answer = iscntrl(byte); break;
    case 'd': answer = isdigit(byte); break;
    case 'g': answer = isgraph(byte); break;
    case 'l': answer = islower(byte); break;
    case 'p': answer = ispunct(byte); break;
    case 's': answer = isspace(byte); break;
    case 'u': answer = isupper(byte); break;
    case 'w': answer = isalnum(byte); break;
    case 'x': answer = isxdigit(byte); break;
    case 'z': answer = byte == 0; break;
    default: return class == byte;
    }
    return isupper(class) ? !answer : answer;
}

// `last` is the closing ']' of the set that begins at `at`.
static bool is_in_set(int byte, text at, text last) {
    bool answer = true;
    if (at[1] == '^') {
        answer = false;
        at++;
    }
    while (++at < last) {
        if (*at == '%') {
            if (is_in_class(byte, byte_at(++at))) return answer;
        } else if (at[1] == '-' && at + 2 < last) {
            at += 2;
            if (byte_at(at - 2) <= byte && byte <= byte_at(at)) return answer;
        } else if (byte_at(at) == byte) {
            return answer;
        }
    }
    return !answer;
}

// Whether the class from `class` to `end` takes the byte at `at`.
static bool takes(luahost_matcher *m, text at, text class, text end) {
    luahost_tick(m->L, 1 + (size_t)(end - class) / 16);
    if (at >= m->subject_end) return false;
    switch (*class) {
    case '.': return true;
    case '%': return is_in_class(byte_at(at), byte_at(class + 1));
    case '[': return is_in_set(byte_at(at), class, end - 1);
    default: return *class == *at;
    }
}

// MARK: Items

static text match_balanced(luahost_matcher *m, text at, text pair) {
    if (pair >= m->pattern_end - 1) luaL_error(m->L, "malformed pattern (missing arguments to '%%b')");
    if (at >= m->subject_end || *at != pair[0]) return NULL;
    for (size_t open = 1; ++at < m->subject_end;) {
        luahost_tick(m->L, 1);
        if (*at == pair[1]) {
            if (--open == 0) return at + 1;
        } else if (*at == pair[0]) {
            open++;
        }
    }
    return NULL;
}

static text match_frontier(luahost_matcher *m, text at, text *pattern) {
    text set = *pattern;
    if (set >= m->pattern_end || *set != '[') luaL_error(m->L, "missing '[' after '%%f' in pattern");
    text end = class_end(m, set);
    luahost_tick(m->L, 1 + (size_t)(end - set) / 16);
    int before = at == m->subject ? 0 : byte_at(at - 1);
    int after = at == m->subject_end ? 0 : byte_at(at);
    *pattern = end;
    return !is_in_set(before, set, end - 1) && is_in_set(after, set, end - 1) ? at : NULL;
}

static text match_back_reference(luahost_matcher *m, text at, int digit) {
    int number = digit - '1';
    if (number < 0 || number >= m->levels || m->captures[number].count == CAPTURE_OPEN)
        luaL_error(m->L, "invalid capture index %%%d", number + 1);
    // A position stands for a length that no subject has.
    if (m->captures[number].count == CAPTURE_POSITION) return NULL;
    size_t count = (size_t)m->captures[number].count;
    luahost_tick(m->L, 1 + count / 64);
    if ((size_t)(m->subject_end - at) < count || memcmp(m->captures[number].start, at, count) != 0) return NULL;
    return at + count;
}

static text match_most(luahost_matcher *m, text at, text class, text end) {
    ptrdiff_t count = 0;
    while (takes(m, at + count, class, end)) count++;
    for (; count >= 0; count--) {
        text found = luahost_match_at(m, at + count, end + 1);
        if (found) return found;
    }
    return NULL;
}

static text match_least(luahost_matcher *m, text at, text class, text end) {
    for (;; at++) {
        text found = luahost_match_at(m, at, end + 1);
        if (found) return found;
        if (!takes(m, at, class, end)) return NULL;
    }
}

static text open_capture(luahost_matcher *m, text at, text rest, ptrdiff_t count) {
    if (m->levels >= MATCHER_MAX_CAPTURES) luaL_error(m->L, "too many captures");
    m->captures[m->levels].start = at;
    m->captures[m->levels++].count = count;
    text found = luahost_match_at(m, at, rest);
    if (!found) m->levels--;
    return found;
}

static text close_capture(luahost_matcher *m, text at, text rest) {
    int number = m->levels - 1;
    while (number >= 0 && m->captures[number].count != CAPTURE_OPEN) number--;
    if (number < 0) luaL_error(m->L, "invalid pattern capture");
    m->captures[number].count = at - m->captures[number].start;
    text found = luahost_match_at(m, at, rest);
    if (!found) m->captures[number].count = CAPTURE_OPEN;
    return found;
}

static text match_items(luahost_matcher *m, text at, text pattern) {
    while (pattern != m->pattern_end) {
        luahost_tick(m->L, 1);
        switch (*pattern) {
        case '(':
            if (pattern + 1 < m->pattern_end && pattern[1] == ')')
                return open_capture(m, at, pattern + 2, CAPTURE_POSITION);
            return open_capture(m, at, pattern + 1, CAPTURE_OPEN);
        case ')': return close_capture(m, at, pattern + 1);
        case '$':
            if (pattern + 1 == m->pattern_end) return at == m->subject_end ? at : NULL;
            break;
        case '%': {
            char kind = pattern + 1 < m->pattern_end ? pattern[1] : '\0';
            if (kind == 'b') {
                at = match_balanced(m, at, pattern + 2);
                pattern += 4;
            } else if (kind == 'f') {
                pattern += 2;
                at = match_frontier(m, at, &pattern);
            } else if (isdigit((unsigned char)kind)) {
                at = match_back_reference(m, at, kind);
                pattern += 2;
            } else {
                break;
            }
            if (!at) return NULL;
            continue;
        }
        default: break;
        }
        text end = class_end(m, pattern);
        char repeat = end < m->pattern_end ? *end : '\0';
        if (!takes(m, at, pattern, end)) {
            if (repeat != '*' && repeat != '?' && repeat != '-') return NULL;
            pattern = end + 1;
            continue;
        }
        switch (repeat) {
        case '?': {
            text found = luahost_match_at(m, at + 1, end + 1);
            if (found) return found;
            pattern = end + 1;
            continue;
        }
        case '+': return match_most(m, at + 1, pattern, end);
        case '*': return match_most(m, at, pattern, end);
        case '-': return match_least(m, at, pattern, end);
        default:
            at++;
            pattern = end;
        }
    }
    return at;
}

text luahost_match_at(luahost_matcher *m, text at, text pattern) {
    if (m->depth-- == 0) luaL_error(m->L, "pattern too complex");
    luahost_tick(m->L, 1);
    text end = match_items(m, at, pattern);
    m->depth++;
    return end;
}

// MARK: Captures

void luahost_push_capture(luahost_matcher *m, int number, text start, text end) {
    if (number >= m->levels) {
        if (number != 0) luaL_error(m->L, "invalid capture index %%%d", number + 1);
        lua_pushlstring(m->L, start, (size_t)(end - start));
        return;
    }
    ptrdiff_t count = m->captures[number].count;
    if (count == CAPTURE_OPEN) luaL_error(m->L, "unfinished capture");
    if (count == CAPTURE_POSITION) lua_pushinteger(m->L, m->captures[number].start - m->subject + 1);
    else lua_pushlstring(m->L, m->captures[number].start, (size_t)count);
}

int luahost_push_captures(luahost_matcher *m, text start, text end) {
    int count = m->levels == 0 && start ? 1 : m->levels;
    luaL_checkstack(m->L, count, "too many captures");
    for (int i = 0; i < count; i++) luahost_push_capture(m, i, start, end);
    return count;
}
