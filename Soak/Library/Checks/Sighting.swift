// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

/// A number that somebody saw, and what belonged to it: the version of a role's metadata, or the size of a
/// log.
public struct Sighting: Sendable, Hashable, Codable {
    /// Of what: `main/timestamp`, `log`.
    public let subject: String
    /// The number.
    public let number: Int
    /// What belongs to that number for ever: the metadata's digest, the log's root.
    public let content: String
    /// When it was asked for and answered.
    public let span: Span

    /// Makes one.
    public init(_ subject: String, _ number: Int, _ content: String, _ span: Span) {
        self.subject = subject
        self.number = number
        self.content = content
        self.span = span
    }
}

/// Checks of what may only go forward.
public enum SightingChecks {
    /// P4 and P5: whoever asks after an answer was there sees that number or a higher one, and one number has
    /// one content.
    public static func goForward(_ promise: Promise, _ sightings: [Sighting]) -> [Finding] {
        var findings: [Finding] = []
        for (subject, seen) in Dictionary(grouping: sightings, by: \.subject).sorted(by: { $0.key < $1.key })
        {
            var contents: [Int: String] = [:]
            for sighting in seen {
                let known = contents[sighting.number, default: sighting.content]
                if known != sighting.content {
                    let what = "\(sighting.number) was \(known), and \(sighting.content)"
                    findings.append(Finding(promise, subject, what))
                }
                contents[sighting.number] = known
            }
            let byEnd = seen.sorted { $0.span.ended < $1.span.ended }
            var highest: Int?, at = 0
            for sighting in seen.sorted(by: { $0.span.began < $1.span.began }) {
                while at < byEnd.count, byEnd[at].span.ended < sighting.span.began {
                    highest = max(highest ?? byEnd[at].number, byEnd[at].number)
                    at += 1
                }
                if let highest, sighting.number < highest {
                    findings.append(
                        Finding(promise, subject, "\(sighting.number) was served after \(highest)")
                    )
                }
            }
        }
        return findings
    }
}
