// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import SigningKeys
import Synchronization
import TestSupport
import Testing
import TrustCore

@testable import ContentTrust

@Suite("Signing and verifying many records")
struct RecordWorkTests {
    static let mambaForm = Array("what mamba signs".utf8)

    static func records(_ count: Int) -> [RecordText] {
        (0..<count).map { number in
            let text = Array(#"{"size":\#(number),"name":"p\#(number)"}"#.utf8)
            return RecordText(fileName: "p\(number)-1-0.conda", text: text[...])
        }
    }

    static func message(_ form: RecordForm, _ record: RecordText) throws -> [UInt8]? {
        switch form {
        case .full: try record.canonical()
        case .mamba: record.fileName.hasPrefix("p1-") ? nil : mambaForm + Array(record.fileName.utf8)
        }
    }

    @Test("Every record is signed in order, in each form that it has, by keys in memory and by others")
    func signs() async throws {
        let full = try PrivateKey.generate(.ed25519)
        let mamba = try PrivateKey.generate(.ed25519)
        let token = try TokenSigner()
        let signer = try RecordSigner(
            [(full, .full), (mamba, .mamba), (token, .full)],
            message: Self.message
        )
        let records = Self.records(1000)
        var names: [String] = []
        var progress: [Int] = []
        try await signer.sign(records, lanes: 3, progress: { progress.append($0) }) { record, signatures in
            names.append(record.fileName)
            let message = try record.canonical()
            var keys =
                try [full, mamba].map { try TrustKey($0.publicKey).hex } + [TrustKey(token.publicKey).hex]
            if record.fileName.hasPrefix("p1-") { keys.remove(at: 1) }
            #expect(signatures.map(\.keyID) == keys)
            #expect(full.publicKey.isValid(signature: signatures[0].value, for: message))
            #expect(token.publicKey.isValid(signature: signatures[keys.count - 1].value, for: message))
        }
        #expect(names == records.map(\.fileName))
        #expect(progress.last == 1000 && progress == progress.sorted())
        #expect(token.asked.withLock { $0 } == records.map { try? $0.canonical() })
        #expect(token.mostAtOnce.withLock { $0 } == 1)
    }

    @Test("A signer that answers something else is not believed")
    func wrongSigner() async throws {
        let signer = try RecordSigner([(TokenSigner(lies: true), .full)], message: Self.message)
        await #expect(throws: Failure.self) { try await signer.sign(Self.records(2)) { _, _ in } }
    }

    @Test("A key that is there twice, and one that is not Ed25519, are refused")
    func keys() throws {
        let key = try PrivateKey.generate(.ed25519)
        let other = try PrivateKey.generate(.ecdsaP256)
        #expect(
            refusalCode { try RecordSigner([(key, .full), (key, .mamba)], message: Self.message) }
                == "content-trust.duplicate-key"
        )
        #expect(
            refusalCode { try RecordSigner([(other, .full)], message: Self.message) }
                == "content-trust.key-type"
        )
    }

    @Test("A record that cannot be signed ends it, and is named")
    func badRecord() async throws {
        var records = Self.records(500)
        records[300] = RecordText(fileName: "bad-1-0.conda", text: Array(#"{"a":1,"a":2}"#.utf8)[...])
        let signer = try RecordSigner([(PrivateKey.generate(.ed25519), .full)], message: Self.message)
        let refusal = try await #require(throws: Refusal.self) {
            try await signer.sign(records) { _, _ in }
        }
        #expect(refusal.codeName == "json.duplicate-key")
        #expect(refusal.subject == "bad-1-0.conda")
    }

    @Test("No more records are taken from the source than are worked at, and none after a cancellation")
    func bounded() async throws {
        let signer = try RecordSigner([(PrivateKey.generate(.ed25519), .full)], message: Self.message)
        let taken = Mutex(0)
        let endless = sequence(state: 0) { number -> RecordText? in
            number += 1
            taken.withLock { $0 += 1 }
            return RecordText(fileName: "p\(number)", text: Array("{}".utf8)[...])
        }
        let task = Task {
            var done = 0
            var most = 0
            try await signer.sign(endless, lanes: 2) { _, _ in
                done += 1
                most = max(most, taken.withLock { $0 } - done)
                #expect(most <= 3 * OrderedWork<Int, Int>.chunk)
                if done == 1000 { withUnsafeCurrentTask { $0?.cancel() } }
            }
        }
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(taken.withLock { $0 } <= 1000 + 4 * OrderedWork<Int, Int>.chunk)
    }

    @Test("Each record is verified by the signatures that the index gives for it")
    func verifies() async throws {
        let key = try PrivateKey.generate(.ed25519)
        let name = try TrustKey(key.publicKey)
        let authority = try await TrustScene().authority(over: [name])
        var records = Self.records(400)
        var text = "{"
        try await RecordSigner([(key, .full)], message: Self.message).sign(records) { record, signatures in
            let hex = Hex.encode(signatures[0].value)
            let entry = record.fileName.hasPrefix("p7-") ? "{\"signature\":1}" : "{\"signature\":\"\(hex)\"}"
            text += text.count > 1 ? "," : ""
            text += "\"\(record.fileName)\":{\"\(name.hex)\":\(entry)}"
        }
        text = text.replacing(
            "{\"signature\":1}",
            with: "{\"signature\":\"\(String(repeating: "0", count: 128))\"}"
        )
        let table = try RecordSignatureTable(Array((text + "}").utf8)[...], of: "index")
        #expect(table.count == 400)
        records[3] = RecordText(fileName: records[3].fileName, text: Array(#"{"name":"evil"}"#.utf8)[...])
        records.append(RecordText(fileName: "new-1-0.conda", text: Array("{}".utf8)[...]))
        records.append(RecordText(fileName: "p9-1-0.conda", text: Array("{".utf8)[...]))
        var outcomes: [String: String] = [:]
        var order: [String] = []
        try await RecordVerifier(authority) { try table[$0] }.verify(records) { record, result in
            order.append(record.fileName)
            switch result {
            case .success(let verified): #expect(verified.keyIDs == [name.hex])
            case .failure(let refusal): outcomes[record.fileName] = refusal.codeName
            }
        }
        #expect(order == records.map(\.fileName))
        #expect(
            outcomes == [
                "p3-1-0.conda": "content-trust.record-signature",
                "p7-1-0.conda": "content-trust.record-signature",
                "new-1-0.conda": "content-trust.record-unsigned", "p9-1-0.conda": "json.syntax",
            ]
        )
    }
}

/// A key that is asked as a token is, and remembers what.
final class TokenSigner: Signer {
    let key: PrivateKey
    let lies: Bool
    let asked = Mutex<[[UInt8]]>([])
    let mostAtOnce = Mutex(0)
    private let now = Mutex(0)

    init(lies: Bool = false) throws {
        key = try .generate(.ed25519)
        self.lies = lies
    }

    var publicKey: PublicKey { key.publicKey }

    func sign(_ message: [UInt8]) async throws -> [UInt8] {
        let count = now.withLock {
            $0 += 1
            return $0
        }
        mostAtOnce.withLock { $0 = max($0, count) }
        await Task.yield()
        now.withLock { $0 -= 1 }
        asked.withLock { $0.append(message) }
        return try key.sign(lies ? [] : message)
    }
}
