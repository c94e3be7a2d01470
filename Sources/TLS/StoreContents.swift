private import COpenSSL
import Secrets

/// The certificates and the key that a store holds.
struct StoreContents {
    var certificates: [Certificate] = []
    var key: PrivateKey?

    /// All certificates of a PEM text, in their order.
    static func certificates(inPEM bytes: [UInt8]) throws(OpenSSLErrors) -> [Certificate] {
        OpenSSLErrors.clear()
        let all = unsafe reading(PEMText.wrapped(bytes)) { input -> [Certificate]? in
            var all: [Certificate] = []
            while let next = unsafe PEM_read_bio_X509(input, nil, Passphrase.answer, nil) {
                all.append(unsafe Certificate(owning: next))
            }
            return all
        }
        let errors = OpenSSLErrors.taken()
        // The end of the text is an error too, and the only one that is none.
        let isEnd = errors.contains(library: ERR_LIB_PEM, reason: PEM_R_NO_START_LINE)
        guard let all, isEnd, errors.entries.count == 1 else { throw errors }
        return all
    }

    /// The first private key of a PEM text: PKCS#8, PKCS#1 or SEC 1.
    static func key(inPEM bytes: [UInt8], _ phrase: Passphrase) throws(OpenSSLErrors) -> PrivateKey {
        let text = PEMText.wrapped(bytes)
        return try LegacyAlgorithms.retrying { () throws(OpenSSLErrors) in
            OpenSSLErrors.clear()
            let key = unsafe reading(text) { input in
                unsafe phrase.with { opaque in
                    unsafe PEM_read_bio_PrivateKey(input, nil, Passphrase.answer, opaque)
                        .map { unsafe PrivateKey(owning: $0) }
                }
            }
            let errors = OpenSSLErrors.taken()
            guard let key else { throw errors }
            return key
        }
    }

    /// What a PKCS#12 store holds, with or without a key.
    static func pkcs12(_ bytes: [UInt8], password: Secret?) throws(OpenSSLErrors) -> StoreContents {
        try LegacyAlgorithms.retrying { () throws(OpenSSLErrors) in
            OpenSSLErrors.clear()
            let store = unsafe reading(bytes) { unsafe d2i_PKCS12_bio($0, nil) }
            guard let store = unsafe store else { throw OpenSSLErrors.taken() }
            defer { unsafe PKCS12_free(store) }
            var key: OpaquePointer?
            var own: OpaquePointer?
            var others: OpaquePointer?
            let code = (password ?? Secret("")).reveal { bytes in
                let phrase = bytes.map { CChar(bitPattern: $0) } + [0]
                return unsafe PKCS12_parse(store, phrase, &key, &own, &others)
            }
            guard code == 1 else { throw OpenSSLErrors.taken() }
            OpenSSLErrors.clear()
            var contents = StoreContents()
            contents.key = unsafe key.map { unsafe PrivateKey(owning: $0) }
            if let own = unsafe own { contents.certificates.append(unsafe Certificate(owning: own)) }
            defer { unsafe OPENSSL_sk_free(others) }
            for index in 0..<max(0, unsafe OPENSSL_sk_num(others)) {
                guard let other = unsafe OPENSSL_sk_value(others, index) else { continue }
                contents.certificates.append(unsafe Certificate(owning: OpaquePointer(other)))
            }
            return contents
        }
    }

    /// The certificate of the key, then its issuers as far as the store has them; empty where none is the key's.
    func chain(of key: PrivateKey) -> [Certificate] {
        guard var last = certificates.first(where: key.belongs) else { return [] }
        var chain = [last]
        while !last.isSelfIssued, chain.count < 16,
            let issuer = certificates.first(where: { last.isIssued(by: $0) })
        {
            chain.append(issuer)
            last = issuer
        }
        return chain
    }

    private static func reading<Result>(_ bytes: [UInt8], _ body: (OpaquePointer) -> Result?) -> Result? {
        unsafe bytes.withUnsafeBytes { bytes in
            guard let input = unsafe BIO_new_mem_buf(bytes.baseAddress, Int32(clamping: bytes.count)) else {
                return nil
            }
            defer { unsafe BIO_free(input) }
            return unsafe body(input)
        }
    }
}
