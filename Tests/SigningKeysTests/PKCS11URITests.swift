// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import Testing
import TrustCore

@testable import SigningKeys

@Suite("PKCS #11 URIs (RFC 7512)")
struct PKCS11URITests {
    @Test(
        "A URI is read, and written in one form",
        arguments: [
            ("pkcs11:?module-path=/m.so", "pkcs11:?module-path=/m.so"),
            (
                "pkcs11:object=root%201;id=%01%fF;token=My%20Token;type=private?module-path=/usr/lib/m.so",
                "pkcs11:token=My%20Token;object=root%201;id=%01%FF;type=private?module-path=/usr/lib/m.so"
            ),
            (
                "pkcs11:serial=00:ff;model=X;manufacturer=(c);slot-id=7?module-path=%2Fa%20b.so",
                "pkcs11:manufacturer=%28c%29;model=X;serial=00%3Aff;slot-id=7?module-path=/a%20b.so"
            ),
            (
                "pkcs11:token=%C3%A9;id=%ff?module-path=/m",
                "pkcs11:token=%C3%A9;id=%FF;type=private?module-path=/m"
            ),
        ]
    )
    func forms(text: String, written: String) throws {
        let uri = try PKCS11URI(text)
        #expect(uri.description == written)
        #expect(try PKCS11URI(written) == uri)
    }

    @Test(
        "What is not understood is not passed over",
        arguments: [
            "", "pkcs11", "PKCS11:?module-path=/m", "pkcs11:", "pkcs11:token=a", "pkcs11:?module-path=",
            "pkcs11:?a",
            "pkcs11:?module-path=m.so", "pkcs11:?module-path=/a%00b", "pkcs11:?module-path=/%FF",
            "pkcs11:token=a;token=a?module-path=/m", "pkcs11:token=a?module-path=/m&module-path=/m",
            "pkcs11:tokn=a?module-path=/m", "pkcs11:token=a?module-path=/m&x=1",
            "pkcs11:token=a?module-name=m",
            "pkcs11:token=%1?module-path=/m", "pkcs11:token=%zz?module-path=/m",
            "pkcs11:token=a b?module-path=/m",
            "pkcs11:token?module-path=/m", "pkcs11:TOKEN=a?module-path=/m",
            "pkcs11:type=public?module-path=/m",
            "pkcs11:slot-id=-1?module-path=/m", "pkcs11:slot-id=99999999999999999999?module-path=/m",
            "pkcs11:token=é?module-path=/m",
        ]
    )
    func unusable(text: String) {
        #expect(throws: Failure.self) { try PKCS11URI(text) }
    }

    @Test(
        "A URI with a PIN is not read, and the PIN is not repeated",
        arguments: ["pin-value", "pin-source"]
    )
    func pin(attribute: String) throws {
        do {
            _ = try PKCS11URI("pkcs11:token=a?module-path=/m&\(attribute)=s3cret")
            Issue.record("it was read")
        } catch let failure as Failure {
            #expect(
                failure.message.contains("PIN") && !"\(failure)\(failure.remedy ?? "")".contains("s3cret")
            )
        }
    }

    @Test("Damaged URIs never trap")
    func damaged() {
        let text = Array(
            "pkcs11:token=a%20b;object=root;id=%01;slot-id=3;type=private?module-path=/m.so".utf8
        )
        var random = SplitMix(seed: 11)
        for _ in 0..<5_000 {
            let damaged = String(decoding: mutated(text, using: &random), as: UTF8.self)
            guard let uri = try? PKCS11URI(damaged) else { continue }
            #expect((try? PKCS11URI(uri.description)) == uri)
        }
    }
}
