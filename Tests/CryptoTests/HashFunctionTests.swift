import Crypto
import Testing
import Value

/// The primitives against the vectors of the RFCs that define them.
struct HashFunctionTests {
    @Test("digests are those of FIPS 180-4")
    func digests() throws {
        #expect(
            Hex.text(try HashFunction.sha256.digest(of: []))
                == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        #expect(
            Hex.text(try HashFunction.sha512.digest(of: Array("abc".utf8)))
                == "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
                + "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f")
    }

    @Test("HMAC is that of RFC 4231, case 2, and takes an empty key and message")
    func hmac() throws {
        let code = try HashFunction.sha256.hmac(
            of: Array("what do ya want for nothing?".utf8), key: Array("Jefe".utf8))
        #expect(Hex.text(code) == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
        #expect(
            Hex.text(try HashFunction.sha256.hmac(of: [], key: []))
                == "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad")
    }

    @Test("PBKDF2 is that of RFC 7914, and takes an empty password")
    func pbkdf2() throws {
        let key = try HashFunction.sha256.pbkdf2(
            password: Array("passwd".utf8), salt: Array("salt".utf8), iterations: 1)
        #expect(Hex.text(key) == "55ac046e56e3089fec1691c22544b605f94185216dde0465e68b9d57c20dacbc")
        #expect(try HashFunction.sha512.pbkdf2(password: [], salt: [1], iterations: 2).count == 64)
        #expect(throws: CryptoError.self) {
            try HashFunction.sha256.pbkdf2(password: [], salt: [], iterations: 0)
        }
    }

    @Test("bytes are equal when all of them are")
    func equality() {
        #expect(ConstantTime.areEqual([1, 2, 3], [1, 2, 3]))
        #expect(ConstantTime.areEqual([], []))
        #expect(!ConstantTime.areEqual([1, 2, 3], [1, 2, 4]))
        #expect(!ConstantTime.areEqual([1, 2, 3], [1, 2]))
    }

    @Test("random bytes do not repeat")
    func random() throws {
        #expect(try SecureRandom.bytes(24).count == 24)
        #expect(try SecureRandom.bytes(24) != SecureRandom.bytes(24))
    }
}
