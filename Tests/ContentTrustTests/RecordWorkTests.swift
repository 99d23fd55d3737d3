// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import SigningKeys
import Synchronization
import TestSupport
import Testing
import TrustCore

@testable import ContentTrust

@Suite("Work on many records")
struct RecordWorkTests {
    @Test("What is done on all cores comes out in order, each thing once", arguments: [1, 3, 32])
    func order(lanes: Int) async throws {
        let work = OrderedWork<Int, Int>(lanes: lanes) { numbers in
            // Those in front take longest.
            for _ in 0..<max(0, 50_000 - 50 * (numbers.first ?? 0)) { _ = numbers.count }
            return numbers.map { 2 * $0 }
        }
        for count in [0, 1, OrderedWork<Int, Int>.chunk, 1000] {
            var found: [Int] = []
            try await work.run(0..<count) { found += $0 }
            #expect(found == (0..<count).map { 2 * $0 })
        }
    }

    @Test("The first error of the work or of the receiver ends it")
    func errors() async throws {
        let work = OrderedWork<Int, Int> { numbers in
            if numbers.contains(300) { throw Refusal(CoreCode.jsonShape, "300") }
            return numbers
        }
        var found = 0
        await #expect(throws: Refusal.self) { try await work.run(0..<1000) { found += $0.count } }
        #expect(found <= 300)
        await #expect(throws: Failure.self) {
            try await work.run(0..<100) { _ in throw Failure(.disk, "full") }
        }
    }

    @Test("No more is taken from the source than is worked at, and nothing after a cancellation")
    func bounded() async throws {
        let taken = Mutex(0)
        let endless = sequence(state: 0) { number -> Int? in
            number += 1
            taken.withLock { $0 += 1 }
            return number
        }
        let task = Task {
            var done = 0
            var most = 0
            try await OrderedWork<Int, Int>(lanes: 2) { $0 }.run(endless) { batch in
                for _ in batch {
                    done += 1
                    most = max(most, taken.withLock { $0 } - done)
                    #expect(most <= 3 * OrderedWork<Int, Int>.chunk)
                    if done == 1000 { withUnsafeCurrentTask { $0?.cancel() } }
                }
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
        func signatures(_ value: [UInt8]) -> ArraySlice<UInt8> {
            var text: [UInt8] = []
            RecordSignatures.write([TrustSignature(keyID: name.hex, value: value)], to: &text)
            return text[...]
        }
        let text = Array(#"{"size":1,"name":"p"}"#.utf8)[...]
        let signed = RecordText(fileName: "p-1-0.conda", text: text)
        let good = signatures(try key.sign(signed.canonical()))
        func code(_ text: ArraySlice<UInt8>, _ signatures: ArraySlice<UInt8>?) -> String? {
            let record = RecordText(fileName: "p-1-0.conda", text: text, signatures: signatures)
            return refusalCode {
                let verified = try record.verified(by: authority)
                #expect(verified.keyIDs == [name.hex])
            }
        }
        func bytes(_ text: String) -> ArraySlice<UInt8> { Array(text.utf8)[...] }
        #expect(code(text, good) == nil)
        #expect(code(bytes(#"{ "name" : "p", "size":1 }"#), good) == nil)
        #expect(code(bytes(#"{"size":1,"name":"evil"}"#), good) == "content-trust.record-signature")
        #expect(code(text, signatures(Array(repeating: 0, count: 64))) == "content-trust.record-signature")
        #expect(code(text, nil) == "content-trust.record-unsigned")
        #expect(code(text, bytes("{}")) == "content-trust.record-unsigned")
        #expect(code(text, bytes("{")) == "json.syntax")
        #expect(code(bytes("{"), good) == "json.syntax")
        #expect(code(bytes(#"{"a":1,"a":2}"#), good) == "json.duplicate-key")
    }
}
