// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Crypto
import Testing
import TrustCore

@testable import SigningKeys

/// The published examples of the standards.
@Suite("Known answers")
struct KnownAnswerTests {
    /// RFC 8032, section 7.1: secret key, public key, message, signature.
    static let ed25519: [(String, String, String, String)] = [
        (
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46b"
                + "d25bf5f0595bbe24655141438e7a100b"
        ),
        (
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c"
                + "387b2eaeb4302aeeb00d291612bb0c00"
        ),
        (
            "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc659"
                + "4a7c15e9716ed28dc027beceea1ec40a"
        ),
    ]

    @Test("Ed25519 keys and signatures are those of RFC 8032", arguments: ed25519)
    func rfc8032(secret: String, publicValue: String, message: String, signature: String) throws {
        let message = Hex.decode(message) ?? []
        let seed = Hex.decode(secret) ?? []
        let info = DERWriter.sequence(
            [0x02, 0x01, 0x00] + KeyAlgorithm.ed25519.der + DERWriter.octetString(DERWriter.octetString(seed))
        )
        let key = try PrivateKey(pkcs8: info)
        #expect(key.publicKey.tufPublicValue == publicValue)
        #expect(key.publicKey.isValid(signature: Hex.decode(signature) ?? [], for: message))
        // Not compared with the RFC's: some platforms randomise Ed25519 signatures.
        #expect(key.publicKey.isValid(signature: try key.sign(message), for: message))
    }

    /// RFC 6979, A.2.5 and A.2.6: scheme, public point and the DER form of the signature over `sample`.
    static let ecdsa: [(String, String, String)] = [
        (
            "ecdsa-sha2-nistp256",
            "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6"
                + "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299",
            "3046022100efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
                + "022100f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"
        ),
        (
            "ecdsa-sha2-nistp384",
            "04ec3a4e415b4e19a4568618029f427fa5da9a8bc4ae92e02e06aae5286b300c64def8f0ea9055866064a254515480bc13"
                + "8015d9b72d7d57244ea8ef9ac0c621896708a59367f9dfb9f54ca84b3f1c9db1288b231c3ae0d4fe7344fd2533264720",
            "306602310094edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c81a648152e44acf96e36dd1e"
                + "80fabe4602310099ef4aeb15f178cea1fe40db2603138f130e740a19624526203b6351d0a3a94fa329c145786e679e7b"
                + "82c71a38628ac8"
        ),
    ]

    @Test("ECDSA signatures of RFC 6979 verify", arguments: ecdsa)
    func rfc6979(scheme: String, point: String, signature: String) throws {
        let key = try tufKey("ecdsa", scheme, point)
        #expect(key.isValid(signature: Hex.decode(signature) ?? [], for: Array("sample".utf8)))
        #expect(!key.isValid(signature: Hex.decode(signature) ?? [], for: Array("test".utf8)))
    }

    @Test("Scrypt gives the key of RFC 7914, section 12")
    func rfc7914() throws {
        let key = try ScryptParameters(rounds: 16384)
            .deriveKey(from: Passphrase("pleaseletmein"), salt: Array("SodiumChloride".utf8))
        let bytes = key.withUnsafeBytes { Array($0) }
        #expect(Hex.encode(bytes) == "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2")
    }
}
