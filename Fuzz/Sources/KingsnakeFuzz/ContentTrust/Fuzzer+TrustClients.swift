// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ContentTrust
import Dispatch
import SigningKeys
import Synchronization
import TrustCore

extension Fuzzer {
    /// What the models of other clients make of a channel that says what the input says, and the readers of mamba's
    /// own roots and of what GnuPG writes on the same bytes.
    ///
    /// The first lines are the root, a record and its signatures; each line after them is the next file that is asked
    /// for. A line of JSON becomes a signed part and is signed with the one key that seeds name; `-` is a file that is
    /// not there; anything else arrives as it is. `=` for signatures are good ones.
    static let trustClients = Fuzzer("trust-clients") { bytes in
        if let root = try Finding.accepted({ try MambaRootEnvelope(parsing: bytes) }) {
            checkRoot(root, bytes)
        }
        if let packet = try Finding.accepted({ try OpenPGPSignaturePacket(bytes) }) {
            Finding.unlessEqual(packet.value.count, 64, "the length of a signature")
        }
        _ = try Finding.accepted {
            try OpenPGPKey.key(of: [UInt8](repeating: 0x11, count: 20), in: bytes)
        }
        let channel = try FuzzedChannel(lines: InputParts(bytes).lines(16))
        finish { try await channel.ask() }
    }

    private static func checkRoot(_ root: MambaRootEnvelope, _ bytes: [UInt8]) {
        let again = Finding.ifRefused("what we write is refused") {
            try MambaRootEnvelope(parsing: root.encoded())
        }
        Finding.unless(again.metadata == root.metadata, "the metadata that were written differ")
        Finding.unless(again.signedBytes == root.signedBytes, "the signed bytes changed")
        Finding.unlessEqual(again.signatures.count, root.signatures.count, "how many signatures there are")
    }

    /// Waits for what is asynchronous only where files are fetched.
    private static func finish(_ body: @escaping @Sendable () async throws -> Void) {
        let done = DispatchSemaphore(value: 0)
        Task {
            do { try await body() } catch { Finding.report("a model of a client failed: \(error)") }
            done.signal()
        }
        done.wait()
    }
}

/// A channel of which each file is a line of an input.
private struct FuzzedChannel: Sendable {
    /// A key for this fuzzer, which the whole world knows.
    private static let pem = """
        -----BEGIN PRIVATE KEY-----
        MC4CAQAwBQYDK2VwBCIEIGtpbmdzbmFrZSBmdXp6aW5nOiBub3QgYSBzZWNyZXQh
        -----END PRIVATE KEY-----
        """
    private static let key = Result { try PrivateKey(pem: Array(pem.utf8)) }
    private static let now = Timestamp(seconds: 1_800_000_000)

    private let signer: PrivateKey
    private let name: String
    private let lines: [String]

    init(lines: [String]) throws {
        signer = try Self.key.get()
        name = try TrustKey(signer.publicKey).hex
        self.lines = lines
    }

    /// Goes through what both clients do, from the root to the record.
    func ask() async throws {
        let root = line(0).flatMap { file($0) } ?? []
        let record = line(1).flatMap { try? JSONReader.read(Array($0.utf8), of: "record") } ?? .null
        let name = "a-1-0.conda"
        let served = Mutex(lines.dropFirst(3))
        let fetch: @Sendable (String) async throws -> [UInt8]? = { _ in
            served.withLock { $0.popFirst() }.flatMap { self.file($0) }
        }
        let conda = try await CondaClient(root: root, fetch: fetch)
        served.withLock { $0 = lines.dropFirst(3) }
        let mamba = try await MambaClient(root: root, now: Self.now, fetch: fetch)
        for index in [MambaForm.Index(subdir: "noarch"), MambaForm.Index(listsPip: true)] {
            let form = try? MambaForm(of: record, in: index)
            if let form {
                _ = Finding.ifRefused("mamba's form is no JSON") {
                    try JSONReader.read(form.bytes, of: "form")
                }
            }
            let listed = ListedRecord(
                fileName: name,
                record: record,
                signatures: signatures(record, form),
                isListedAsConda: true
            )
            for isSigned in [true, false] {
                let verdict = conda.verdict(on: listed, channel: "test", indexIsSigned: isSigned)
                Finding.unless(isSigned || verdict.outcome != .trusted, "trusted without signatures")
            }
            let verdict = mamba.verdict(on: listed, in: index)
            Finding.unless(form != nil || verdict.outcome != .trusted, "trusted without a form")
        }
    }

    private func line(_ at: Int) -> String? { at < lines.count ? lines[at] : nil }

    private func signatures(_ record: JSONValue, _ form: MambaForm?) -> JSONValue? {
        guard let line = line(2), line != "-" else { return nil }
        guard line == "=" else { return try? JSONReader.read(Array(line.utf8), of: "signatures") }
        let message = form?.bytes ?? (try? PythonJSON.encode(record, of: "record")) ?? []
        return signed(message, isWrapped: false)
    }

    /// The file that a line stands for; nil if it is not there.
    private func file(_ line: String) -> [UInt8]? {
        guard line != "-" else { return nil }
        let bytes = Array(line.utf8)
        guard let object = try? JSONReader.read(bytes, of: "line").object, object["signed"] == nil,
            let message = try? PythonJSON.encode(.object(object), of: "line")
        else { return bytes }
        let signatures = signed(message, isWrapped: object["type"] == "root")
        return JSONWriter.encode(["signatures": signatures, "signed": .object(object)])
    }

    private func signed(_ message: [UInt8], isWrapped: Bool) -> JSONValue {
        let headers = isWrapped ? OpenPGPHeaders(createdAt: Self.now) : nil
        var signature = JSONObject()
        let value = Finding.ifRefused("nothing is signed") {
            try signer.sign(headers?.digest(of: message) ?? message)
        }
        signature["other_headers"] = headers.map { .string(Hex.encode($0.bytes)) }
        signature["signature"] = .string(Hex.encode(value))
        var signatures = JSONObject()
        signatures[name] = .object(signature)
        return .object(signatures)
    }
}
