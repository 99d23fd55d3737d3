// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

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

    /// Reads a proposal.
    static func proposal(_ path: String) throws -> CeremonyProposal {
        do {
            return try CeremonyProposal(parsing: read(path))
        } catch let refusal as Refusal {
            throw refusal.located(at: path)
        }
    }

    /// Writes a new proposal; one that is there may hold signatures and is left alone.
    static func create(_ proposal: CeremonyProposal, at path: String) throws {
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
    static func record(_ action: String, _ proposal: CeremonyProposal, _ words: [String], in path: String)
        throws
    {
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
