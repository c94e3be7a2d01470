#include <features.h>

#include "sluice_heap.h"

#ifdef __GLIBC__
#include <malloc.h>
#else
#include <stdlib.h>
#endif

void sluice_heap_keep_freed(int kept, int largest) {
#if defined(M_TRIM_THRESHOLD) && defined(M_MMAP_THRESHOLD)
    mallopt(M_MMAP_THRESHOLD, largest);
    mallopt(M_TRIM_THRESHOLD, kept);
    mallopt(M_ARENA_MAX, 1);
#else
    (void)kept;
    (void)largest;
#endif
}
