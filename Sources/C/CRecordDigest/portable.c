#define XXH_INLINE_ALL
#include <xxhash.h>

#define PATH(name) name##_portable
#include "walk.h"
