// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import TrustCore

/// Who is expected to publish which packages, as the user of a monitor says it; for what it says nothing
/// about, whoever published a package first.
///
/// A file of it is JSON:
///
///     {"version": 1, "channels": {"main": {"numpy": [{"kind": "user", "name": "alice"}], "*": […]}}}
public struct ExpectedPublishers: Sendable {
    /// The longest file, in bytes.
    public static let maximumLength = 4 << 20
    private var channels: [ByteKey: [ByteKey: [FilePublisher]]] = [:]

    /// Says nothing about any package.
    public init() {}

    /// Reads a file.
    ///
    /// - Throws: `publish-log.expectations`, or a `json.…` code.
    public init(parsing bytes: [UInt8], of subject: String) throws {
        let fields = try JSONFields(
            JSONReader.read(bytes, of: subject, limits: JSONLimits(bytes: Self.maximumLength, depth: 8)),
            of: subject
        )
        func wrong(_ expected: String, found: String? = nil) -> Refusal {
            Refusal(PublishLogCode.expectations, subject, expected: expected, found: found.map { "`\($0)`" })
        }
        guard try fields.integer("version") == 1, fields.object.count == 2 else {
            throw wrong("`version` 1 and `channels`, and nothing else")
        }
        for channel in try fields.fields("channels").object.members {
            guard (try? ChannelName(channel.key)) != nil else {
                throw wrong("the names of channels", found: channel.key)
            }
            var packages: [ByteKey: [FilePublisher]] = [:]
            for package in try JSONFields(channel.value, of: subject).object.members {
                let name = package.key == "*" ? "*" : try PackageName(package.key).normalized
                guard let list = package.value.array, packages[ByteKey(name)] == nil else {
                    throw wrong("a list of publishers, once", found: package.key)
                }
                do {
                    packages[ByteKey(name)] = try list.map {
                        try FilePublisher(json: JSONFields($0, of: subject))
                    }
                } catch let refusal as Refusal where refusal.is(PublishLogCode.entry) {
                    throw wrong("`kind`, `name` and, of a workload, `issuer`", found: package.key)
                }
            }
            channels[ByteKey(channel.key)] = packages
        }
    }

    /// What is unexpected in a ledger, by package; each publisher once.
    func findings(in ledger: LogLedger) -> [Refusal] {
        ledger.publishers.sorted { $0.key < $1.key }.flatMap { package, publishers in
            let listed = channels[package.channel].flatMap { $0[package.name] ?? $0[ByteKey("*")] }
            let expected = listed ?? Self.firstSeen(publishers.map(\.publisher))
            return publishers.filter { !expected.contains($0.publisher) }.map { found in
                Refusal(
                    PublishLogCode.unexpectedPublisher,
                    "\(package.channel.text)/\(package.name.text)",
                    at: "entry \(found.index)",
                    expected: expected.map(Self.text).joined(separator: " or ")
                        + (listed == nil ? ", as seen first" : ""),
                    found: Self.text(found.publisher)
                )
            }
        }
    }

    /// Whoever was first; where that was an import, which is nobody, the next one as well.
    private static func firstSeen(_ publishers: [FilePublisher]) -> [FilePublisher] {
        guard let first = publishers.first else { return [] }
        return first.kind == .imported ? Array(publishers.prefix(2)) : [first]
    }

    private static func text(_ publisher: FilePublisher) -> String {
        "\(publisher.kind.rawValue) `\(publisher.name)`"
            + (publisher.issuer.map { " of \($0)" } ?? "")
    }
}
