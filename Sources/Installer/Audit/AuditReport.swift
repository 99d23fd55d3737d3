// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

public import TrustCore

/// One thing that an audit found wrong.
public struct AuditFinding: Sendable, Hashable {
    /// What is wrong.
    public let code: AuditCode
    /// The path in the prefix.
    public let path: String
    /// The package it belongs to, as `NAME-VERSION-BUILD`.
    public let package: String?
    /// What should be there.
    public let expected: String?
    /// What is there.
    public let found: String?

    init(
        _ code: AuditCode,
        _ path: String,
        package: String? = nil,
        expected: String? = nil,
        found: String? = nil
    ) {
        self.code = code
        self.path = path
        self.package = package
        self.expected = expected
        self.found = found
    }

    /// The finding as a refusal, for whoever lets nothing pass.
    public var refusal: Refusal {
        Refusal(code, package ?? path, at: package == nil ? nil : path, expected: expected, found: found)
    }
}

/// What an audit saw.
public struct AuditReport: Sendable {
    /// How many packages have a readable record.
    public let packages: Int
    /// How many installed files, links and folders were compared with their records.
    public let checked: Int
    /// How many bytes were read to do so.
    public let bytes: UInt64
    /// What is wrong, sorted by path.
    public let findings: [AuditFinding]
    /// Compiled forms of installed Python sources, which Python made itself. They are not checked: nobody
    /// recorded what they should hold.
    public let compiled: [String]

    /// Whether nothing is wrong.
    public var isClean: Bool { findings.isEmpty }
}

/// What the index says of an installed package now.
public enum IndexStatus: Sendable, Equatable {
    /// It has the very archive that was installed.
    case listed
    /// It has no such package any more.
    case unlisted
    /// It has another archive under this name.
    case differs(expected: String, found: String)
    /// It lists the archive, and the package's maintainers, who must sign it, did not.
    case unsigned(found: String)
    /// It lists the archive, and who may publish it, as the channel's owner or the user says it, does not
    /// allow it.
    case notAllowed(reason: String)
    /// Nobody asked, or there is no index for it.
    case unknown
}
