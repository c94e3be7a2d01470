#ifndef SLUICE_HEAP_H
#define SLUICE_HEAP_H

/// Keeps memory that is freed for the next one who asks, up to `kept` bytes at the top of each heap, and takes pieces of
/// up to `largest` bytes from there at all.
///
/// All threads then share one heap: what one frees another asks for, and only that heap has no bound of its own.
///
/// Swift's module of the C library lacks what this calls. Does nothing where the library has no such setting.
void sluice_heap_keep_freed(int kept, int largest);

#endif
