// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

extension PythonJSON {
    /// What a record of an index may ask for: as much as readers of indexes allow.
    ///
    /// Each value stands in a line of its own, indented by its depth: without these limits, what is signed could be 60
    /// times as long as the record. Records that are out have a depth of 3 and 300 values at most.
    public static let recordLimits = JSONLimits(bytes: 1 << 20, depth: 16, values: 50_000)

    /// The signed bytes of a value that is there as text, such as a record as it stands in an index.
    ///
    /// The same as ``encode(_:of:)`` of what `JSONReader` reads, as strict as that, without the values in between:
    /// what a channel of half a million records is signed and verified by. Of a text with several faults it may
    /// name another one first.
    ///
    /// - Parameters:
    ///   - text: One value, and white space around it.
    ///   - subject: What it is, for messages.
    ///   - limits: What it may ask for.
    /// - Throws: a `Refusal` with a `json.…` code, `limit.too-large` or `content-trust.number`.
    public static func canonical(
        of text: ArraySlice<UInt8>,
        subject: String,
        limits: JSONLimits = recordLimits
    ) throws -> [UInt8] {
        var out: [UInt8] = []
        try appendCanonical(of: text, subject: subject, limits: limits, to: &out)
        return out
    }

    /// The same, appended to a buffer that the caller uses again and again. If the text is refused, nothing is.
    ///
    /// - Throws: as ``canonical(of:subject:limits:)``.
    public static func appendCanonical(
        of text: ArraySlice<UInt8>,
        subject: String,
        limits: JSONLimits = recordLimits,
        to out: inout [UInt8]
    ) throws {
        guard text.count <= limits.bytes else {
            throw Refusal(
                CoreCode.tooLarge,
                subject,
                expected: "at most \(limits.bytes) bytes",
                found: "\(text.count) bytes"
            )
        }
        var rewriter = PythonJSONRewriter(text, limits: limits, subject: subject)
        let before = out.count
        // Half as much again is what indentation adds to a record.
        out.reserveCapacity(before + text.count + text.count / 2)
        swap(&out, &rewriter.out)
        defer { swap(&out, &rewriter.out) }
        do { try rewriter.rewrite() } catch {
            rewriter.out.removeSubrange(before...)
            throw error
        }
    }
}
