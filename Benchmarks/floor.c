// The least that reading a topic can cost: floor SEGMENT...
//
// A child process sends log segments, as a broker stores them and sends them, over a socket of the loopback interface.
// One thread receives them, computes the CRC-32C of each batch and decompresses it; nothing looks into a record. Prints
// the processor time of that thread in milliseconds, user and system, and exits 1 where a checksum or a frame is wrong.

#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <lz4frame.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zstd.h>

#include "crc32c.h"

enum { ROOM = 1 << 20, PLAIN = 64 << 20, HEADER = 61, OVERHEAD = 12, CHECKED = 21 };

static void fail(const char *what) {
    perror(what);
    exit(1);
}

static uint64_t load(const uint8_t *bytes, int count) {
    uint64_t value = 0;
    while (count-- > 0) value = value << 8 | *bytes++;
    return value;
}

static void serve(int listener, char **paths) {
    int peer = accept(listener, NULL, NULL);
    if (peer < 0) fail("accept");
    for (; *paths != NULL; paths++) {
        int file = open(*paths, O_RDONLY);
        struct stat status;
        if (file < 0 || fstat(file, &status) < 0) fail(*paths);
        for (off_t at = 0; at < status.st_size;) {
            if (sendfile(peer, file, &at, (size_t)(status.st_size - at)) <= 0) fail("sendfile");
        }
        close(file);
    }
    _exit(0);
}

static LZ4F_dctx *lz4;
static ZSTD_DCtx *zstd;
static uint8_t *plain;

static void decompress(int codec, const uint8_t *bytes, size_t count) {
    if (codec == 3) {
        size_t at = 0, filled = 0, status;
        do {
            size_t read = count - at, written = PLAIN - filled;
            status = LZ4F_decompress(lz4, plain + filled, &written, bytes + at, &read, NULL);
            if (LZ4F_isError(status) || (read == 0 && written == 0)) fail("lz4");
            at += read;
            filled += written;
        } while (status != 0);
    } else if (codec == 4) {
        if (ZSTD_isError(ZSTD_decompressDCtx(zstd, plain, PLAIN, bytes, count))) fail("zstd");
    } else if (codec != 0) {
        fprintf(stderr, "codec %d is not measured\n", codec);
        exit(1);
    }
}

// Goes through the whole batches and returns how many bytes they were.
static size_t take(const uint8_t *bytes, size_t count) {
    size_t at = 0;
    while (count - at >= HEADER) {
        const uint8_t *batch = bytes + at;
        size_t size = OVERHEAD + (size_t)load(batch + 8, 4);
        if (size < HEADER || size > ROOM) fail("size of a batch");
        if (size > count - at) break;
        if (sluice_crc32c(0, batch + CHECKED, size - CHECKED) != load(batch + 17, 4)) fail("checksum");
        decompress((int)load(batch + CHECKED, 2) & 7, batch + HEADER, size - HEADER);
        at += size;
    }
    return at;
}

int main(int count, char **arguments) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM, 0), stream = socket(AF_INET, SOCK_STREAM, 0);
    if (count < 2 || bind(listener, (struct sockaddr *)&address, length) < 0 || listen(listener, 1) < 0 ||
        getsockname(listener, (struct sockaddr *)&address, &length) < 0) {
        fail("listen");
    }
    pid_t child = fork();
    if (child == 0) serve(listener, arguments + 1);
    if (child < 0 || connect(stream, (struct sockaddr *)&address, length) < 0) fail("connect");

    uint8_t *room = malloc(2 * ROOM);
    plain = malloc(PLAIN);
    zstd = ZSTD_createDCtx();
    if (room == NULL || plain == NULL || zstd == NULL || LZ4F_isError(LZ4F_createDecompressionContext(&lz4, LZ4F_VERSION))) {
        fail("memory");
    }
    size_t filled = 0;
    uint64_t total = 0;
    for (;;) {
        ssize_t received = recv(stream, room + filled, 2 * ROOM - filled, 0);
        if (received < 0) fail("recv");
        if (received == 0) break;
        filled += (size_t)received;
        total += (size_t)received;
        size_t taken = take(room, filled);
        memmove(room, room + taken, filled - taken);
        filled -= taken;
    }
    int status;
    if (filled != 0 || waitpid(child, &status, 0) < 0 || status != 0) fail("the end");
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("%ld\n", (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000 +
                        (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1000);
    fprintf(stderr, "%llu bytes\n", (unsigned long long)total);
    return 0;
}
