// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// What a monitor told in its last run, so that the next one can say what is new.
///
/// It is a convenience: a monitor that lost it tells everything again. What makes a history that was changed
/// show is kept apart, in ``LogMemory``.
public struct MonitorState: Sendable, Equatable {
    /// The longest file, in bytes.
    static let maximumLength = 64 << 20
    /// How many entries it has told of; nil if it never ran.
    public private(set) var entries: Int64?
    /// The findings of the last run, and when each was told first.
    private var findings: [ByteKey: Timestamp] = [:]

    /// Of a monitor that never ran.
    public init() {}

    /// The state after a run.
    ///
    /// - Parameter entries: how many entries the log had.
    public func following(_ findings: [Refusal], entries: Int64, now: Timestamp) -> MonitorState {
        var next = MonitorState()
        next.entries = entries
        for finding in findings { next.findings[Self.name(finding)] = firstTold(finding) ?? now }
        return next
    }

    /// When a finding was told first; nil for one that is new.
    public func firstTold(_ finding: Refusal) -> Timestamp? { findings[Self.name(finding)] }

    /// What a finding is told by: what is wrong with what, but not with what numbers.
    private static func name(_ finding: Refusal) -> ByteKey {
        ByteKey("\(finding.codeName) \(finding.subject) \(finding.location ?? "")")
    }

    /// Reads what ``encoded()`` wrote.
    ///
    /// - Throws: a `json.…` code.
    init(parsing bytes: [UInt8]) throws {
        let subject = "a monitor's state"
        let value = try JSONReader.read(bytes, of: subject, limits: JSONLimits(bytes: Self.maximumLength))
        let fields = try JSONFields(value, of: subject)
        entries = try fields.optionalInteger("entries")
        for member in try fields.fields("findings").object.members {
            guard let moment = member.value.string.flatMap({ Timestamp($0) }) else {
                throw fields.wrong("findings", "times")
            }
            findings[ByteKey(member.key)] = moment
        }
    }

    func encoded() -> [UInt8] {
        var told = JSONObject()
        for (name, moment) in findings.sorted(by: { $0.key < $1.key }) {
            told[name.text] = .string(moment.description)
        }
        var object = JSONObject()
        object["entries"] = entries.map { .number(JSONNumber($0)) }
        object["findings"] = .object(told)
        return JSONWriter.encode(.object(object), .indented) + [0x0A]
    }
}
