// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import TestSupport
import Testing

@Suite("What the program prints")
struct TranscriptTests {
    @Test("Every command prints, to the letter, what its transcript says", arguments: Transcript.all)
    func isAsWritten(_ transcript: Transcript) async throws {
        let found = try await transcript.replayed()
        if Transcript.isWriting { return try transcript.write(found) }
        #expect(found == transcript.text, "\(transcript.name): \(Self.difference(transcript.text, found))")
    }

    @Test("The transcripts provoke every exit status that the program promises")
    func provokesEveryStatus() {
        let lines = Set(Transcript.all.flatMap { $0.text.split(separator: "\n") })
        #expect(!Transcript.all.isEmpty)
        for status in 1...6 {
            #expect(lines.contains("= \(status)"), "no command ends with status \(status)")
        }
    }

    @Test("Nothing in a transcript is a control character")
    func hasNoControlCharacters() {
        for transcript in Transcript.all {
            let odd = transcript.text.unicodeScalars.filter {
                $0.properties.generalCategory == .control && $0 != "\n"
            }
            #expect(odd.isEmpty, "\(transcript.name)")
        }
    }

    private static func difference(_ expected: String, _ found: String) -> String {
        let expected = expected.split(separator: "\n"), found = found.split(separator: "\n")
        let change = found.difference(from: expected)
        return change.map { step in
            switch step {
            case .insert(_, let line, _): "\n+ \(line)"
            case .remove(_, let line, _): "\n- \(line)"
            }
        }.joined()
    }
}
