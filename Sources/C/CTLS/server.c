#include "sluice_tls.h"

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>

static X509 *read_certificate(BIO *in) { return PEM_read_bio_X509(in, NULL, NULL, NULL); }

static X509 *certificate_of(const char *pem) {
    BIO *in = BIO_new_mem_buf(pem, -1);
    X509 *certificate = in == NULL ? NULL : read_certificate(in);
    BIO_free(in);
    return certificate;
}

static EVP_PKEY *key_of(const char *pem) {
    BIO *in = BIO_new_mem_buf(pem, -1);
    EVP_PKEY *key = in == NULL ? NULL : PEM_read_bio_PrivateKey(in, NULL, NULL, NULL);
    BIO_free(in);
    return key;
}

static int add_extension(X509 *certificate, X509 *issuer, int nid, const char *value) {
    X509V3_CTX context;
    X509V3_set_ctx_nodb(&context);
    X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
    X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
    int is_added = extension != NULL && X509_add_ext(certificate, extension, -1) == 1;
    X509_EXTENSION_free(extension);
    return is_added;
}

static int fill(
    X509 *certificate, EVP_PKEY *key, X509 *issuer, const char *common_name, const char *names, int64_t not_before,
    int64_t not_after, int is_authority) {
    uint64_t serial = 0;
    if (RAND_bytes((unsigned char *)&serial, sizeof serial) != 1) return 0;
    X509_NAME *subject = X509_get_subject_name(certificate);
    return X509_set_version(certificate, X509_VERSION_3) == 1 &&
           ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial >> 1) == 1 &&
           ASN1_TIME_set(X509_getm_notBefore(certificate), (time_t)not_before) != NULL &&
           ASN1_TIME_set(X509_getm_notAfter(certificate), (time_t)not_after) != NULL &&
           X509_NAME_add_entry_by_NID(
               subject, NID_commonName, MBSTRING_UTF8, (const unsigned char *)common_name, -1, -1, 0) == 1 &&
           X509_set_issuer_name(certificate, X509_get_subject_name(issuer)) == 1 &&
           X509_set_pubkey(certificate, key) == 1 &&
           add_extension(
               certificate, issuer, NID_basic_constraints, is_authority ? "critical,CA:TRUE" : "critical,CA:FALSE") &&
           (names == NULL || add_extension(certificate, issuer, NID_subject_alt_name, names));
}

int sluice_tls_issue(
    BIO *certificate_out, BIO *key_out, const char *common_name, const char *names, int64_t not_before,
    int64_t not_after, int is_authority, const char *issuer, const char *issuer_key) {
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = X509_new();
    X509 *signer = issuer == NULL ? NULL : certificate_of(issuer);
    EVP_PKEY *signer_key = issuer_key == NULL ? NULL : key_of(issuer_key);
    int is_made = key != NULL && certificate != NULL && (issuer == NULL || (signer != NULL && signer_key != NULL)) &&
                  fill(
                      certificate, key, signer == NULL ? certificate : signer, common_name, names, not_before,
                      not_after, is_authority) &&
                  X509_sign(certificate, signer_key == NULL ? key : signer_key, EVP_sha256()) > 0 &&
                  PEM_write_bio_X509(certificate_out, certificate) == 1 &&
                  PEM_write_bio_PKCS8PrivateKey(key_out, key, NULL, NULL, 0, NULL, NULL) == 1;
    EVP_PKEY_free(signer_key);
    X509_free(signer);
    X509_free(certificate);
    EVP_PKEY_free(key);
    return is_made;
}

static int show(SSL_CTX *context, const char *chain, const char *pem_key) {
    BIO *in = BIO_new_mem_buf(chain, -1);
    X509 *own = in == NULL ? NULL : read_certificate(in);
    EVP_PKEY *key = key_of(pem_key);
    int is_shown = own != NULL && key != NULL && SSL_CTX_use_certificate(context, own) == 1 &&
                   SSL_CTX_use_PrivateKey(context, key) == 1;
    while (is_shown && !BIO_eof(in)) {
        X509 *issuer = read_certificate(in);
        is_shown = issuer != NULL && SSL_CTX_add1_chain_cert(context, issuer) == 1;
        X509_free(issuer);
    }
    EVP_PKEY_free(key);
    X509_free(own);
    BIO_free(in);
    return is_shown;
}

static int demand(SSL_CTX *context, const char *authorities) {
    BIO *in = BIO_new_mem_buf(authorities, -1);
    int is_trusted = in != NULL;
    while (is_trusted && !BIO_eof(in)) {
        X509 *authority = read_certificate(in);
        is_trusted = authority != NULL && X509_STORE_add_cert(SSL_CTX_get_cert_store(context), authority) == 1 &&
                     SSL_CTX_add_client_CA(context, authority) == 1;
        X509_free(authority);
    }
    BIO_free(in);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
    return is_trusted;
}

SSL_CTX *sluice_tls_server(const char *chain, const char *key, const char *authorities) {
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    if (context == NULL) return NULL;
    SSL_CTX_set_security_level(context, 2);
    SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_NO_TICKET);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_num_tickets(context, 0);
    if (SSL_CTX_set_min_proto_version(context, TLS1_2_VERSION) == 1 && show(context, chain, key) &&
        (authorities == NULL || demand(context, authorities))) {
        return context;
    }
    SSL_CTX_free(context);
    return NULL;
}
