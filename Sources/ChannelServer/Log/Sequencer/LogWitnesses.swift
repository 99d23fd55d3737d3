// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import SigningKeys
public import TrustCore

/// The witnesses that a server asks to cosign its log's checkpoints (C2SP tlog-witness, `add-checkpoint`).
public struct LogWitnesses: Sendable {
    /// Which they are, where they are, and how many are enough.
    public let policy: LogPolicy
    private let caller: any ServiceCaller
    private let timeout: Duration

    /// - Parameters:
    ///   - policy: a policy whose witnesses have URLs; those without one are not asked. Its logs are not
    ///     looked at.
    ///   - timeout: how long a witness may take for an answer.
    public init(policy: LogPolicy, caller: any ServiceCaller, timeout: Duration = .seconds(10)) {
        self.policy = policy
        self.caller = caller
        self.timeout = timeout
    }

    /// What came of asking.
    struct Answer: Sendable {
        /// The checkpoint with all signatures.
        var note: SignedNote
        /// The witnesses that cosigned.
        var cosigned: [String] = []
        /// What went wrong with others, for the server's log.
        var problems: [String] = []
    }

    /// Asks all witnesses at once.
    ///
    /// A witness's word that it has seen more than there is counts as a problem, not as an alarm: it is not
    /// signed.
    ///
    /// - Parameters:
    ///   - note: the checkpoint, signed by the log.
    ///   - guess: the size that witnesses have probably seen last.
    ///   - proof: a proof of consistency, from a size to the checkpoint's.
    func cosign(
        _ note: SignedNote,
        size: Int64,
        guess: Int64,
        proof: @escaping @Sendable (Int64) async throws -> [[UInt8]]
    ) async -> Answer {
        let answers = await withTaskGroup(of: (Int, Result<[NoteSignature], any Error>).self) { group in
            for (place, witness) in policy.witnesses.enumerated() where witness.url != nil {
                group.addTask {
                    do {
                        let signatures = try await ask(witness, note, size: size, guess: guess, proof)
                        return (place, .success(signatures))
                    } catch { return (place, .failure(error)) }
                }
            }
            return await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        var answer = Answer(note: note)
        for (place, result) in answers.sorted(by: { $0.key < $1.key }) {
            let name = policy.witnesses[place].name
            switch result {
            case .success(let signatures):
                signatures.forEach { answer.note.add($0) }
                answer.cosigned.append(name)
            case .failure(let error): answer.problems.append("witness `\(name)`: \(error)")
            }
        }
        return answer
    }

    private func ask(
        _ witness: LogPolicy.Witness,
        _ note: SignedNote,
        size: Int64,
        guess: Int64,
        _ proof: @Sendable (Int64) async throws -> [[UInt8]]
    ) async throws -> [NoteSignature] {
        var response = try await send(note, to: witness, old: guess, proof: try await proof(guess))
        if response.status == 409 {
            guard let seen = Self.size(response.body) else { throw Self.odd("409 without a size") }
            guard seen <= size else {
                throw Self.odd("it says that it has seen \(seen) entries of our \(size)")
            }
            response = try await send(note, to: witness, old: seen, proof: try await proof(seen))
        }
        guard response.status == 200 else { throw Self.odd("it answered with status \(response.status)") }
        return try Self.cosignatures(in: response.body, under: note, by: witness)
    }

    /// The cosignatures that a witness answered with.
    ///
    /// Its lines under the text that we sent make a note, of which only its own signature counts.
    ///
    /// - Throws: a `note.…` code.
    static func cosignatures(in body: [UInt8], under note: SignedNote, by witness: LogPolicy.Witness) throws
        -> [NoteSignature]
    {
        let cosigned = try SignedNote(parsing: Array(note.text.utf8) + [0x0A] + body)
        // A body with an empty line in it would make the rest of the text.
        guard ByteKey.areEqual(cosigned.text, note.text) else {
            throw odd("it answered with a text of its own")
        }
        return try cosigned.verify(by: witness.key.verifier)
    }

    private func send(_ note: SignedNote, to witness: LogPolicy.Witness, old: Int64, proof: [[UInt8]])
        async throws -> ServiceResponse
    {
        let lines = ["old \(old)"] + proof.map { Base64.text($0) }
        var url = witness.url ?? ""
        while url.utf8.last == UInt8(ascii: "/") { url.removeLast() }
        return try await caller.send(
            ServiceRequest(
                .post,
                url + "/add-checkpoint",
                headers: [("Content-Type", "text/plain; charset=utf-8")],
                body: Array((lines.joined(separator: "\n") + "\n\n").utf8) + note.encoded(),
                maximumLength: SignedNote.maximumLength,
                timeout: timeout
            )
        )
    }

    /// The size that a witness has seen, as it answers with status 409; nil for no number.
    static func size(_ body: [UInt8]) -> Int64? {
        guard body.last == 0x0A, body.count <= 20, body.dropLast().allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        return Int64(String(decoding: body.dropLast(), as: UTF8.self))
    }

    private static func odd(_ what: String) -> Failure { Failure(.network, what) }
}
