#include "sluice_kerberos.h"

#include "sluice_loading.h"

#include <gssapi/gssapi.h>
#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Functions, and variables with names of mechanism and name types; their types are those of the library's own headers.
#define SYMBOLS(X)                  \
    X(gss_acquire_cred_from)        \
    X(gss_delete_sec_context)       \
    X(gss_display_status)           \
    X(gss_import_name)              \
    X(gss_init_sec_context)         \
    X(gss_release_buffer)           \
    X(gss_release_cred)             \
    X(gss_release_name)             \
    X(gss_unwrap)                   \
    X(gss_wrap)                     \
    X(gss_mech_krb5)                \
    X(GSS_C_NT_HOSTBASED_SERVICE)   \
    X(GSS_C_NT_USER_NAME)

struct sluice_gssapi {
#define FIELD(name) __typeof__(&name) name;
    SYMBOLS(FIELD)
};

struct sluice_kerberos {
    const sluice_gssapi *gssapi;
    gss_ctx_id_t context;
    gss_cred_id_t credential;
    gss_name_t target;
};

sluice_gssapi *sluice_gssapi_open(const char *soname, char *error, size_t error_size) {
    static const sluice_symbol symbols[] = {
#define SYMBOL(name) {#name, offsetof(sluice_gssapi, name)},
        SYMBOLS(SYMBOL)};
    sluice_gssapi *gssapi = calloc(1, sizeof *gssapi);
    if (!gssapi) {
        snprintf(error, error_size, "out of memory");
        return NULL;
    }
    if (!sluice_load(
            soname, "libgssapi-krb5-2", symbols, sizeof symbols / sizeof *symbols, gssapi, error, error_size)) {
        free(gssapi);
        return NULL;
    }
    return gssapi;
}

void sluice_gssapi_free(sluice_gssapi *gssapi) { free(gssapi); }

// Appends each line of the library's explanation of one code.
static void append_status(const sluice_gssapi *gssapi, OM_uint32 code, int kind, char *error, size_t size) {
    OM_uint32 minor = 0, more = 0;
    do {
        gss_buffer_desc text = GSS_C_EMPTY_BUFFER;
        OM_uint32 major = gssapi->gss_display_status(
            &minor, code, kind, (gss_OID)*gssapi->gss_mech_krb5, &more, &text);
        if (GSS_ERROR(major)) return;
        size_t used = strlen(error);
        snprintf(
            error + used, size - used, "%s%.*s", used > 0 ? ": " : "", (int)text.length, (const char *)text.value);
        gssapi->gss_release_buffer(&minor, &text);
    } while (more != 0);
}

static void describe(const sluice_gssapi *gssapi, OM_uint32 major, OM_uint32 minor, char *error, size_t size) {
    error[0] = 0;
    append_status(gssapi, major, GSS_C_GSS_CODE, error, size);
    if (minor != 0) append_status(gssapi, minor, GSS_C_MECH_CODE, error, size);
}

static gss_name_t import_name(
    const sluice_gssapi *gssapi, const char *text, gss_OID type, char *error, size_t size) {
    gss_buffer_desc buffer = {strlen(text), (void *)text};
    gss_name_t name = GSS_C_NO_NAME;
    OM_uint32 minor = 0, major = gssapi->gss_import_name(&minor, &buffer, type, &name);
    if (!GSS_ERROR(major)) return name;
    describe(gssapi, major, minor, error, size);
    return GSS_C_NO_NAME;
}

// Leaves GSS_C_NO_CREDENTIAL, the system's own choice, where nothing else was asked for.
static int acquire(sluice_kerberos *login, const sluice_kerberos_source *source, char *error, size_t size) {
    const sluice_gssapi *gssapi = login->gssapi;
    if (!source->principal && !source->keytab && !source->ticket_cache) return 1;
    gss_name_t name = GSS_C_NO_NAME;
    if (source->principal) {
        name = import_name(gssapi, source->principal, *gssapi->GSS_C_NT_USER_NAME, error, size);
        if (name == GSS_C_NO_NAME) return 0;
    }
    // Tickets that a keytab gets stay in memory, in a cache of their own: nobody else's are used or overwritten.
    static atomic_uint number;
    char cache[64];
    snprintf(cache, sizeof cache, "MEMORY:sluice-%u", atomic_fetch_add(&number, 1));
    gss_key_value_element_desc elements[2];
    gss_key_value_set_desc store = {0, elements};
    if (source->keytab) {
        elements[store.count++] = (gss_key_value_element_desc){"client_keytab", source->keytab};
        elements[store.count++] = (gss_key_value_element_desc){"ccache", cache};
    } else if (source->ticket_cache) {
        elements[store.count++] = (gss_key_value_element_desc){"ccache", source->ticket_cache};
    }
    gss_OID_set_desc mechanisms = {1, (gss_OID)*gssapi->gss_mech_krb5};
    OM_uint32 minor = 0, ignored = 0;
    OM_uint32 major = gssapi->gss_acquire_cred_from(
        &minor, name, GSS_C_INDEFINITE, &mechanisms, GSS_C_INITIATE, store.count > 0 ? &store : GSS_C_NO_CRED_STORE,
        &login->credential, NULL, NULL);
    gssapi->gss_release_name(&ignored, &name);
    if (!GSS_ERROR(major)) return 1;
    describe(gssapi, major, minor, error, size);
    return 0;
}

sluice_kerberos *sluice_kerberos_new(
    const sluice_gssapi *gssapi, const char *service, const sluice_kerberos_source *source, char *error,
    size_t error_size) {
    sluice_kerberos *login = calloc(1, sizeof *login);
    if (!login) return NULL;
    login->gssapi = gssapi;
    login->context = GSS_C_NO_CONTEXT;
    login->credential = GSS_C_NO_CREDENTIAL;
    login->target = import_name(gssapi, service, *gssapi->GSS_C_NT_HOSTBASED_SERVICE, error, error_size);
    if (login->target == GSS_C_NO_NAME || !acquire(login, source, error, error_size)) {
        sluice_kerberos_free(login);
        return NULL;
    }
    return login;
}

void sluice_kerberos_free(sluice_kerberos *login) {
    if (!login) return;
    const sluice_gssapi *gssapi = login->gssapi;
    OM_uint32 minor = 0;
    gssapi->gss_delete_sec_context(&minor, &login->context, GSS_C_NO_BUFFER);
    gssapi->gss_release_cred(&minor, &login->credential);
    gssapi->gss_release_name(&minor, &login->target);
    free(login);
}

// Moves a buffer of the library to one of malloc's.
static int take(
    const sluice_gssapi *gssapi, gss_buffer_desc *from, uint8_t **output, size_t *output_count, char *error,
    size_t error_size) {
    OM_uint32 minor = 0;
    *output = NULL;
    *output_count = 0;
    if (from->length > 0) {
        *output = malloc(from->length);
        if (!*output) {
            snprintf(error, error_size, "out of memory");
            gssapi->gss_release_buffer(&minor, from);
            return 0;
        }
        memcpy(*output, from->value, from->length);
        *output_count = from->length;
    }
    gssapi->gss_release_buffer(&minor, from);
    return 1;
}

int sluice_kerberos_step(
    sluice_kerberos *login, const uint8_t *input, size_t input_count, uint8_t **output, size_t *output_count,
    char *error, size_t error_size) {
    const sluice_gssapi *gssapi = login->gssapi;
    gss_buffer_desc in = {input_count, (void *)input}, out = GSS_C_EMPTY_BUFFER;
    OM_uint32 minor = 0, flags = 0;
    OM_uint32 major = gssapi->gss_init_sec_context(
        &minor, login->credential, &login->context, login->target, (gss_OID)*gssapi->gss_mech_krb5,
        GSS_C_MUTUAL_FLAG | GSS_C_SEQUENCE_FLAG | GSS_C_INTEG_FLAG, 0, GSS_C_NO_CHANNEL_BINDINGS,
        input_count > 0 ? &in : GSS_C_NO_BUFFER, NULL, &out, &flags, NULL);
    if (GSS_ERROR(major)) {
        describe(gssapi, major, minor, error, error_size);
        gssapi->gss_release_buffer(&minor, &out);
        return SLUICE_KERBEROS_FAILED;
    }
    if (!take(gssapi, &out, output, output_count, error, error_size)) return SLUICE_KERBEROS_FAILED;
    if (major & GSS_S_CONTINUE_NEEDED) return SLUICE_KERBEROS_MORE;
    if (!(flags & GSS_C_MUTUAL_FLAG) || !(flags & GSS_C_INTEG_FLAG)) {
        snprintf(error, error_size, "the server did not prove itself");
        free(*output);
        *output = NULL;
        return SLUICE_KERBEROS_FAILED;
    }
    return SLUICE_KERBEROS_DONE;
}

int sluice_kerberos_unwrap(
    sluice_kerberos *login, const uint8_t *input, size_t input_count, uint8_t **output, size_t *output_count,
    char *error, size_t error_size) {
    const sluice_gssapi *gssapi = login->gssapi;
    gss_buffer_desc in = {input_count, (void *)input}, out = GSS_C_EMPTY_BUFFER;
    OM_uint32 minor = 0, major = gssapi->gss_unwrap(&minor, login->context, &in, &out, NULL, NULL);
    if (GSS_ERROR(major)) {
        describe(gssapi, major, minor, error, error_size);
        return SLUICE_KERBEROS_FAILED;
    }
    int taken = take(gssapi, &out, output, output_count, error, error_size);
    return taken ? SLUICE_KERBEROS_DONE : SLUICE_KERBEROS_FAILED;
}

int sluice_kerberos_wrap(
    sluice_kerberos *login, const uint8_t *input, size_t input_count, uint8_t **output, size_t *output_count,
    char *error, size_t error_size) {
    const sluice_gssapi *gssapi = login->gssapi;
    gss_buffer_desc in = {input_count, (void *)input}, out = GSS_C_EMPTY_BUFFER;
    OM_uint32 minor = 0, major = gssapi->gss_wrap(&minor, login->context, 0, GSS_C_QOP_DEFAULT, &in, NULL, &out);
    if (GSS_ERROR(major)) {
        describe(gssapi, major, minor, error, error_size);
        return SLUICE_KERBEROS_FAILED;
    }
    int taken = take(gssapi, &out, output, output_count, error, error_size);
    return taken ? SLUICE_KERBEROS_DONE : SLUICE_KERBEROS_FAILED;
}
