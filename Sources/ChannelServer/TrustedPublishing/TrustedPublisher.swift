// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
public import TrustCore
public import TrustPolicy

/// Who may publish which packages of a channel without a stored secret: jobs of a build service that vouches for them.
public struct TrustedPublisher: Sendable, Equatable {
    /// The number by which people speak of it.
    public let id: Int64
    /// The number of the channel.
    public let channel: Int64
    /// The packages.
    public let packages: [PackagePattern]
    /// What a job must be.
    public let demand: WorkloadDemand
    /// Whether it waits for the package to be published for the first time. Then ``packages`` is one name.
    public let isPending: Bool
    /// When it was named.
    public let created: Timestamp

    /// The most patterns of one publisher.
    static let maximumPackages = 256

    /// Makes one.
    public init(
        id: Int64,
        channel: Int64,
        packages: [PackagePattern],
        demand: WorkloadDemand,
        isPending: Bool,
        created: Timestamp
    ) {
        self.id = id
        self.channel = channel
        self.packages = packages
        self.demand = demand
        self.isPending = isPending
        self.created = created
    }

    /// Reads patterns of packages, each once.
    ///
    /// - Throws: `oidc.publisher-form`.
    public static func patterns(_ texts: [String], isPending: Bool) throws -> [PackagePattern] {
        guard (1...maximumPackages).contains(texts.count) else {
            throw WorkloadDemand.wrong("packages", "1 to \(maximumPackages) names or patterns")
        }
        var patterns: [PackagePattern] = []
        for text in texts {
            guard let pattern = PackagePattern(text) else {
                throw WorkloadDemand.wrong("packages", "names, `prefix-*` or `*`")
            }
            if !patterns.contains(pattern) { patterns.append(pattern) }
        }
        guard !isPending || onlyName(patterns) != nil else {
            throw WorkloadDemand.wrong("packages", "one name, for a package that does not exist yet")
        }
        return patterns
    }

    /// The name that patterns consist of; nil if they are more than a name.
    static func onlyName(_ patterns: [PackagePattern]) -> PackageName? {
        guard patterns.count == 1, case .exactly(let name) = patterns[0] else { return nil }
        return name
    }

    /// Whether it is about the same packages and jobs as another one.
    func isSame(_ packages: [PackagePattern], _ demand: WorkloadDemand) -> Bool {
        self.demand == demand
            && Set(self.packages.map { ByteKey($0.description) })
                == Set(packages.map { ByteKey($0.description) })
    }

    /// As interfaces have it.
    public var json: JSONObject {
        var object = JSONObject()
        object["id"] = .number(JSONNumber(id))
        object["packages"] = .array(packages.map { .string($0.description) })
        object["pending"] = .bool(isPending)
        object["created"] = .string(created.description)
        for member in demand.json.members { object[member.key] = member.value }
        return object
    }

    /// Digits, as build services number things: not more than fit 63 bits, and no zero in front.
    static func isNumber(_ text: String) -> Bool {
        (1...18).contains(text.utf8.count) && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
            && text.utf8.first != UInt8(ascii: "0")
    }

    static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
