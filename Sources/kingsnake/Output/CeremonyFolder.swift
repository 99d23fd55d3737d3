// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ContentTrust
import DurableFiles
import TUF
import TrustCore

/// The files of a ceremony: proposals, signatures, and the transcript beside a proposal.
enum CeremonyFolder {
    /// Reads a file that must be there.
    static func read(_ path: String, maximumLength: Int = CeremonyProposal.maximumLength) throws -> [UInt8] {
        guard let bytes = try DurableFile.read(path, maximumLength: maximumLength) else {
            throw Failure(.disk, "there is no such file", at: path)
        }
        return bytes
    }

    /// Reads a proposal, of the sort that it says it is.
    static func proposal(_ path: String) throws -> any SignableProposal {
        let bytes = try read(path)
        do {
            if isContentTrust(bytes) { return try TrustProposal(parsing: bytes) }
            return try CeremonyProposal(parsing: bytes)
        } catch let refusal as Refusal {
            throw refusal.located(at: path)
        }
    }

    private static func isContentTrust(_ bytes: [UInt8]) -> Bool {
        let limits = JSONLimits(bytes: CeremonyProposal.maximumLength)
        let value = try? JSONReader.read(bytes, of: "proposal", limits: limits)
        return ByteKey(value?.object?["format"]?.string ?? "") == ByteKey(TrustProposal.format)
    }

    /// Writes a new proposal; one that is there may hold signatures and is left alone.
    static func create(_ proposal: some SignableProposal, at path: String) throws {
        guard !Folder.exists(path) else {
            throw Failure(
                .disk,
                "there is a file of that name already",
                at: path,
                remedy: "choose another name; a proposal that may have been signed is not overwritten"
            )
        }
        try DurableFile.write(proposal.encoded(), to: path)
    }

    /// Adds a line to the transcript of a proposal.
    static func record(
        _ action: String,
        _ proposal: some SignableProposal,
        _ words: [String],
        in path: String
    ) throws {
        let limit = CeremonyTranscript.maximumLength
        let before = try DurableFile.read(path, maximumLength: limit) ?? []
        let after = CeremonyTranscript.adding(
            action,
            of: proposal.digest,
            words: words,
            to: before,
            now: SystemClock.now
        )
        try DurableFile.write(after, to: path)
    }
}
