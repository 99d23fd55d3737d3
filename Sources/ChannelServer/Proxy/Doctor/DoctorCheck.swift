// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// Something that `kingsnake doctor` looked at, what it saw, and what to do about it.
public struct DoctorCheck: Sendable, Equatable {
    /// How it is.
    public enum Outcome: String, Sendable {
        /// As it should be.
        case ok
        /// Not as it should be, or not known; nothing goes past the proxy by it.
        case warning
        /// What must hold does not, or could not be shown.
        case failed
        /// Not looked at.
        case skipped
    }

    /// What was looked at, such as `settings.block`: stable, for programs.
    public let name: String
    /// How it is.
    public let outcome: Outcome
    /// What was seen: one sentence, without the full stop.
    public let text: String
    /// What to do; nil where nothing need be done.
    public var remedy: String?
    /// The code of a refusal that it is about.
    public var code: String?
    /// What else the reader should know: one sentence each, without the full stop.
    public var notes: [String] = []

    /// Makes a check's result.
    public init(
        _ name: String,
        _ outcome: Outcome,
        _ text: String,
        remedy: String? = nil,
        code: String? = nil,
        notes: [String] = []
    ) {
        self.name = name
        self.outcome = outcome
        self.text = text
        self.remedy = remedy
        self.code = code
        self.notes = notes
    }

    /// Something that could not be done, or was refused.
    init(_ name: String, failedBy error: any Error) {
        switch error {
        case let refusal as Refusal:
            var text = "\(refusal.subject): \(refusal.code.entry.summary)"
            if let expected = refusal.expected { text += ", expected \(expected)" }
            if let found = refusal.found { text += ", found \(found)" }
            self.init(name, .failed, text, remedy: refusal.remedy, code: refusal.codeName)
        case let failure as Failure:
            let place = failure.location.map { " at \($0)" } ?? ""
            self.init(name, .failed, failure.message + place, remedy: failure.remedy)
        default: self.init(name, .failed, "\(error)")
        }
    }

    /// As JSON.
    public var json: JSONObject {
        var object = JSONObject()
        object["check"] = .string(name)
        object["outcome"] = .string(outcome.rawValue)
        object["text"] = .string(text)
        object["remedy"] = remedy.map { .string($0) }
        object["code"] = code.map { .string($0) }
        object["notes"] = notes.isEmpty ? nil : .array(notes.map { .string($0) })
        return object
    }
}
