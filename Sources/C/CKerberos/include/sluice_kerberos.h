#ifndef SLUICE_KERBEROS_H
#define SLUICE_KERBEROS_H

#include <stddef.h>
#include <stdint.h>

// libgssapi_krb5 without linking it: what is used of it, by addresses found when it is opened.
typedef struct sluice_gssapi sluice_gssapi;

// Opens the library of that soname, for as long as the process lives. The caller owns the result and frees it with
// sluice_gssapi_free; null where that fails, and then `error` says why.
sluice_gssapi *sluice_gssapi_open(const char *soname, char *error, size_t error_size);
// Frees the table of addresses only.
void sluice_gssapi_free(sluice_gssapi *gssapi);

// One login by GSSAPI with Kerberos, from the client's side. Not for two threads at once.
typedef struct sluice_kerberos sluice_kerberos;

// Where the client's key or tickets are; each may be null for what the system has.
typedef struct {
    const char *principal;
    const char *keytab;
    const char *ticket_cache;
} sluice_kerberos_source;

enum { SLUICE_KERBEROS_FAILED = -1, SLUICE_KERBEROS_MORE = 0, SLUICE_KERBEROS_DONE = 1 };

// `service` is `kafka@host`; the table must outlive the login. The caller owns the result and frees it with
// sluice_kerberos_free; null where there is no memory, no key or no ticket, and then `error` says why.
sluice_kerberos *sluice_kerberos_new(
    const sluice_gssapi *gssapi, const char *service, const sluice_kerberos_source *source, char *error,
    size_t error_size);
void sluice_kerberos_free(sluice_kerberos *login);

// The next token for the server: with no input the first one, for which the KDC is asked. The caller owns `*output`
// and frees it with free(); it may be null.
int sluice_kerberos_step(
    sluice_kerberos *login, const uint8_t *input, size_t input_count, uint8_t **output, size_t *output_count,
    char *error, size_t error_size);

// Once the context stands: takes what the server wrapped, or wraps something for it, signed and not encrypted.
int sluice_kerberos_unwrap(
    sluice_kerberos *login, const uint8_t *input, size_t input_count, uint8_t **output, size_t *output_count,
    char *error, size_t error_size);
int sluice_kerberos_wrap(
    sluice_kerberos *login, const uint8_t *input, size_t input_count, uint8_t **output, size_t *output_count,
    char *error, size_t error_size);

#endif
