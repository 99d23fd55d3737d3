// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// The record of a ceremony: one line of JSON for each thing that was done, in a file that only grows.
///
/// Each line holds the digest of all lines before it, so that whoever keeps a copy, or only the last digest,
/// notices if an earlier line was changed. It is a record for people; no decision rests on it.
public enum CeremonyTranscript {
    /// The longest file.
    public static let maximumLength = 16 << 20

    /// The transcript with one more entry.
    ///
    /// - Parameters:
    ///   - words: what was shown to whoever did it.
    public static func adding(
        _ action: String,
        of digest: Digest,
        words: [String],
        to transcript: [UInt8],
        now: Timestamp
    ) -> [UInt8] {
        let entry: JSONValue = [
            "time": .string(now.description),
            "action": .string(action),
            "proposal_sha256": .string(digest.hex),
            "words": .array(words.map { .string($0) }),
            "before_sha256": .string(Digest.of(transcript).hex),
        ]
        return transcript + JSONWriter.encode(entry) + [0x0A]
    }

    /// Checks that no line was changed or taken out since it was followed by another.
    ///
    /// - Returns: how many entries there are.
    /// - Throws: a `Refusal` with `ceremony.file-format`.
    public static func check(_ transcript: [UInt8]) throws -> Int {
        // One digest for all lines: digesting what is before each line anew would take hours for a long file.
        var before = StreamingDigest()
        var count = 0
        for line in transcript.split(separator: 0x0A) {
            let fields = try JSONFields(try JSONReader.read(Array(line), of: "transcript"), of: "transcript")
            let digest = before.finish()
            guard ByteKey(try fields.string("before_sha256")) == ByteKey(digest.hex) else {
                throw Refusal(
                    CeremonyCode.fileFormat,
                    "transcript",
                    at: "line \(count + 1)",
                    expected: "the digest of the lines before it, \(digest.hex)",
                    remedy: "compare the transcript with the copies that others have"
                )
            }
            before.update(line + [0x0A])
            count += 1
        }
        return count
    }
}
