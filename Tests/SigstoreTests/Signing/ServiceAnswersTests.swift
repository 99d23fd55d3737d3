// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import TestSupport
import Testing
import TrustCore

@testable import Sigstore

/// What a service may answer instead of what it should. Each is refused, by the code of what is wrong, and no bundle is
/// made.
@Suite("Wrong answers of the services that sign")
struct ServiceAnswersTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let evidence: SimulatedInstance.Evidence
        /// The end of the address whose answer is changed.
        let path: String
        let code: String
        let change: @Sendable (SigningScene, ServiceResponse) throws -> ServiceResponse

        var testDescription: String { name }
    }

    @Test(
        "Is refused by its code, before anything is written",
        arguments: fulcio + rekorV1 + rekorV2 + timestamps
    )
    func wrongAnswer(wrong: Case) async throws {
        let scene = try SigningScene()
        scene.services.interpose { request, _, response in
            request.url.hasSuffix(wrong.path) ? try wrong.change(scene, response) : response
        }
        #expect(await refusalCode { try await scene.sign(wrong.evidence) } == wrong.code)
    }

    @Test(
        "Nothing is logged for a certificate or a timestamp that is not good",
        arguments: fulcio + timestamps
    )
    func nothingIsLogged(wrong: Case) async throws {
        let scene = try SigningScene()
        scene.services.interpose { request, _, response in
            request.url.hasSuffix(wrong.path) ? try wrong.change(scene, response) : response
        }
        _ = try? await scene.sign(wrong.evidence)
        #expect(
            scene.services.instance.rekorV1.tree.count == 0 && scene.services.instance.rekorV2.tree.count == 0
        )
    }

    @Test(
        "A service that says no is a failure that says so, and without the secret",
        arguments: [400, 401, 404, 429, 503, 302]
    )
    func statuses(status: Int) async throws {
        let scene = try SigningScene()
        scene.services.interpose { request, _, response in
            guard let token = request.headers.first(where: { $0.name == "Authorization" })?.value else {
                return response
            }
            let body = JSONWriter.encode(["message": .string("bad token \(token)")])
            return ServiceResponse(status: status, body: body)
        }
        do {
            try await scene.sign()
            Issue.record("it signed")
        } catch let failure as Failure {
            #expect(failure.message.contains("\(status)"))
            #expect(!"\(failure)".contains("eyJ"))
            #expect(failure.location == SimulatedServices.url)
        }
        scene.services.interpose { _, _, _ in
            ServiceResponse(status: status, body: JSONWriter.encode(["message": "no\u{1B}[31m such thing"]))
        }
        do {
            try await scene.sign()
            Issue.record("it signed")
        } catch let failure as Failure {
            #expect(failure.message.contains("`no?[31m such thing`"))
        }
    }

    @Test("An authority that says the token in place of an answer does not get it into a message")
    func echoedToken() async throws {
        for form in [
            "%", "{\"%\":1,\"%\":2}", "{\"signedCertificateEmbeddedSct\":\"%\"}",
            "{\"signedCertificateEmbeddedSct\":{\"chain\":{\"certificates\":[\"%\"]}}}",
        ] {
            let scene = try SigningScene()
            scene.services.interpose { request, _, _ in
                let token = request.headers.first { $0.name == "Authorization" }?.value.dropFirst(7) ?? ""
                let text = form.replacing("%", with: token)
                return ServiceResponse(status: 200, body: Array(text.utf8))
            }
            do {
                try await scene.sign()
                Issue.record("it signed")
            } catch let refusal as Refusal {
                #expect(refusal.is(SigningCode.answer))
                var text = ""
                dump(refusal, to: &text)
                #expect(!text.contains("eyJ"))
            }
        }
    }
}

// MARK: - The table

extension ServiceAnswersTests {
    static let fulcio: [Case] =
        [
            fulcio("not JSON", "signing.answer") { _, _ in Array("<html>".utf8) },
            fulcio("a list", "signing.answer") { _, _ in Array("[]".utf8) },
            fulcio("nothing in it", "signing.answer") { _, _ in Array("{}".utf8) },
            fulcio("an empty chain", "signing.answer") { _, _ in chain([]) },
            fulcio("a number for a certificate", "signing.answer") { _, _ in chain([1]) },
            fulcio("no PEM", "signing.answer") { _, _ in chain(["MIIB"]) },
            fulcio("PEM of something else", "signing.answer") { _, _ in
                chain(["-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n"])
            },
            fulcio("no certificate in PEM", "certificate.malformed") { _, _ in
                chain(["-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
            },
            fulcio("the promise beside the certificate", "signing.detached-promise") { _, response in
                Array(
                    String(decoding: response.body, as: UTF8.self)
                        .replacing("signedCertificateEmbeddedSct", with: "signedCertificateDetachedSct").utf8
                )
            },
            fulcio("a detached form without a certificate", "signing.answer") { _, _ in
                Array(#"{"signedCertificateDetachedSct":{"chain":{}}}"#.utf8)
            },
            fulcio("a certificate of somebody else's key", "signing.certificate-key") { scene, _ in
                chain([.string(pem(try scene.instance.certificate(.workflow())))])
            },
            fulcio("a certificate of another instance", "certificate.untrusted") { scene, response in
                // The same key, certified by an authority that nobody trusts.
                let key = try SigningCertificate(der: certificate(in: response)).publicKey
                let other = try SimulatedInstance(at: scene.instance.time)
                let signer = SimulatedInstance.Signer.workflow()
                let der = try other.authority.issue(
                    .signer(
                        signer.identity,
                        publicKey: key.subjectPublicKeyInfo,
                        from: other.time,
                        until: other.time.advanced(bySeconds: 600)
                    ),
                    logs: [other.certificateLog],
                    at: other.time
                )
                return chain([.string(pem(der))])
            },
            fulcio("a certificate that no log has promised to show", "certificate.promise-missing") {
                scene,
                response in
                let key = try SigningCertificate(der: certificate(in: response)).publicKey
                let der = try scene.instance.authority.issue(
                    .signer(
                        SimulatedInstance.Signer.workflow().identity,
                        publicKey: key.subjectPublicKeyInfo,
                        from: scene.instance.time,
                        until: scene.instance.time.advanced(bySeconds: 600)
                    )
                )
                return chain([.string(pem(der))])
            },
        ]

    static let rekorV1: [Case] =
        [
            rekor("not JSON", "signing.answer") { _ in Array("no".utf8) },
            rekor("no entry", "signing.answer") { _ in Array("{}".utf8) },
            rekor("two entries", "signing.answer") { response in
                let text = String(decoding: response.body, as: UTF8.self)
                return Array("{\"a\":{},\(text.dropFirst())".utf8)
            },
            rekor("no body", "signing.answer", replacing: "body", by: nil),
            rekor("a body that is not base64", "signing.answer", replacing: "body", by: "%"),
            rekor("a body that is not JSON", "signing.answer", replacing: "body", by: "AAAA"),
            rekor("a negative index", "signing.answer", replacing: "logIndex", by: -1),
            rekor("a log id that is no number", "signing.answer", replacing: "logID", by: "zz"),
            rekor("no proof", "signing.answer", replacing: "verification.inclusionProof", by: nil),
            rekor("no promise", "signing.answer", replacing: "verification.signedEntryTimestamp", by: nil),
            rekor(
                "no checkpoint",
                "signing.answer",
                replacing: "verification.inclusionProof.checkpoint",
                by: nil
            ),
            rekor(
                "hashes that are none",
                "signing.answer",
                replacing: "verification.inclusionProof.hashes",
                by: [1]
            ),
            rekor("another time", "log.promise", replacing: "integratedTime", by: 1),
            rekor("another index", "log.promise", replacing: "logIndex", by: 7),
            rekor(
                "another log",
                "log.unknown-log",
                replacing: "logID",
                by: .string(String(repeating: "00", count: 32))
            ),
            rekor(
                "another root",
                "merkle.root",
                replacing: "verification.inclusionProof.rootHash",
                by: .string(String(repeating: "00", count: 32))
            ),
            Case(
                name: "rekor v1: somebody else's entry",
                evidence: .v1,
                path: "/log/entries",
                code: "log.digest",
                change: { scene, _ in
                    var instance = scene.instance
                    let bundle = try instance.bundle(stating: Array("{}".utf8), by: .workflow(), .v1)
                    let name = String(repeating: "0", count: 80)
                    let answer = try #require(SimulatedRekorV1.answer(bundle.logEntries[0], named: name))
                    return ServiceResponse(status: 201, body: JSONWriter.encode(answer))
                }
            ),
            Case(
                name: "rekor v1: a conflict without the entry's address",
                evidence: .v1,
                path: "/log/entries",
                code: "signing.answer",
                change: { _, _ in ServiceResponse(status: 409, headers: [("Location", "/api/v1/../x")]) }
            ),
        ]

    static let rekorV2: [Case] =
        [
            tiles("not JSON", "signing.answer") { _ in Array("no".utf8) },
            tiles("a member that is not known", "signing.answer", replacing: "extra", by: 1),
            tiles("no proof", "signing.answer", replacing: "inclusionProof", by: nil),
            tiles("no checkpoint", "signing.answer", replacing: "inclusionProof.checkpoint", by: nil),
            tiles("no body", "signing.answer", replacing: "canonicalizedBody", by: nil),
            tiles("an index that is no number", "signing.answer", replacing: "logIndex", by: "x"),
            tiles("another index", "log.index", replacing: "logIndex", by: "7"),
            tiles("another kind", "log.kind", replacing: "kindVersion.version", by: "0.0.9"),
            tiles("another log", "log.unknown-log", replacing: "logId.keyId", by: "AAAA"),
        ]

    static let timestamps: [Case] =
        [
            timestamp("nothing", "timestamp.malformed") { _, _ in [] },
            timestamp("JSON", "timestamp.malformed") { _, _ in Array("{}".utf8) },
            timestamp("a rejection", "timestamp.status") { _, _ in
                SimulatedDER.sequence(SimulatedDER.sequence(SimulatedDER.integer([2])))
            },
            timestamp("a timestamp of something else", "timestamp.imprint") { scene, _ in
                try scene.instance.timestampAuthority.stamp([1], at: scene.services.now) { $0.nonce = [1] }
            },
            timestamp("an answer to another request", "timestamp.answer") { scene, response in
                let given = try TimestampResponse(der: response.body)
                return try scene.instance.timestampAuthority.stamp([], at: scene.services.now) { draft in
                    draft.imprint = given.info.imprint
                    draft.nonce = [9]
                }
            },
            timestamp("another authority's timestamp", "timestamp.untrusted") { scene, response in
                let given = try TimestampResponse(der: response.body)
                let other = try SimulatedTimestampAuthority(
                    "others",
                    from: scene.instance.time.advanced(byDays: -1),
                    until: scene.instance.time.advanced(byDays: 1)
                )
                return try other.stamp([], at: scene.services.now) { draft in
                    draft.imprint = given.info.imprint
                    draft.nonce = given.info.nonce
                }
            },
        ]

    // MARK: Forms

    private static func fulcio(
        _ name: String,
        _ code: String,
        _ change: @escaping @Sendable (SigningScene, ServiceResponse) throws -> [UInt8]
    ) -> Case {
        Case(name: "fulcio: \(name)", evidence: .v1AndTimestamp, path: "/signingCert", code: code) {
            ServiceResponse(status: 200, body: try change($0, $1))
        }
    }

    private static func rekor(
        _ name: String,
        _ code: String,
        _ change: @escaping @Sendable (ServiceResponse) throws -> [UInt8]
    ) -> Case {
        Case(name: "rekor v1: \(name)", evidence: .v1, path: "/api/v1/log/entries", code: code) {
            ServiceResponse(status: 201, body: try change($1))
        }
    }

    private static func rekor(_ name: String, _ code: String, replacing path: String, by value: JSONValue?)
        -> Case
    {
        rekor(name, code) { response in
            let entries = try #require(JSONReader.read(response.body, of: "answer").object)
            let entry = try #require(entries.members.first)
            var changed = JSONObject()
            changed[entry.key] = entry.value.replacing(path, by: value)
            return JSONWriter.encode(.object(changed))
        }
    }

    private static func tiles(
        _ name: String,
        _ code: String,
        _ change: @escaping @Sendable (ServiceResponse) throws -> [UInt8]
    ) -> Case {
        Case(name: "rekor v2: \(name)", evidence: .v2, path: "/api/v2/log/entries", code: code) {
            ServiceResponse(status: 201, body: try change($1))
        }
    }

    private static func tiles(_ name: String, _ code: String, replacing path: String, by value: JSONValue?)
        -> Case
    {
        tiles(name, code) { response in
            JSONWriter.encode(try JSONReader.read(response.body, of: "answer").replacing(path, by: value))
        }
    }

    private static func timestamp(
        _ name: String,
        _ code: String,
        _ change: @escaping @Sendable (SigningScene, ServiceResponse) throws -> [UInt8]
    ) -> Case {
        Case(name: "timestamp: \(name)", evidence: .v2, path: "/timestamp", code: code) {
            ServiceResponse(status: 201, body: try change($0, $1))
        }
    }

    private static func chain(_ certificates: [JSONValue]) -> [UInt8] {
        JSONWriter.encode(["signedCertificateEmbeddedSct": ["chain": ["certificates": .array(certificates)]]])
    }

    private static func pem(_ der: [UInt8]) -> String {
        "-----BEGIN CERTIFICATE-----\n\(Base64.text(der))\n-----END CERTIFICATE-----\n"
    }

    /// The first certificate of a good answer.
    private static func certificate(in response: ServiceResponse) throws -> [UInt8] {
        let answer = try JSONReader.read(response.body, of: "answer")
        let chain = answer.object?["signedCertificateEmbeddedSct"]?.object?["chain"]?.object?["certificates"]
        let text = try #require(chain?.array?.first?.string)
        let lines = text.split(separator: "\n").dropFirst().dropLast().joined()
        return try #require(Base64.decode(lines))
    }
}
