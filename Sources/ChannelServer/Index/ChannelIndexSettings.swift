// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import TUF
internal import TrustCore

/// What a channel's owner decided about its index: the members `subdirs` and `lifetimes_seconds` of the
/// settings.
struct ChannelIndexSettings: Sendable, Equatable {
    /// The subdirs that have an index although nothing is in them yet: clients ask for some before there is a
    /// package, and remember what they did not find.
    var subdirs: [Subdir]
    /// How long signatures are good.
    var lifetimes: RoleLifetimes
    /// The lowest version that the online roles' metadata may have: see ``ServerRestore``.
    var leastVersion: Int64 = 1

    /// Where ``leastVersion`` is in the settings.
    static let leastVersionName = "least_metadata_version"

    /// Reads them; what is not said is as for channels in folders.
    ///
    /// - Throws: `index.settings`.
    init(_ settings: JSONObject) throws {
        do {
            let fields = JSONFields(settings, of: "the channel's settings")
            let names = try fields.optionalStrings("subdirs") ?? ChannelSettings.commonSubdirs
            subdirs = Set(try names.map { try Subdir($0) } + [.noarch]).sorted()
            var lifetimes = ChannelSettings.Lifetimes()
            if let seconds = try fields.optionalFields("lifetimes_seconds") {
                lifetimes.subdir = try Self.lifetime("subdir", seconds) ?? lifetimes.subdir
                lifetimes.snapshot = try Self.lifetime("snapshot", seconds) ?? lifetimes.snapshot
                lifetimes.timestamp = try Self.lifetime("timestamp", seconds) ?? lifetimes.timestamp
            }
            self.lifetimes = lifetimes.roles
            leastVersion = max(1, try fields.optionalInteger(Self.leastVersionName) ?? 1)
        } catch let refusal as Refusal where !refusal.is(IndexCode.settings) {
            throw Refusal(IndexCode.settings, "the channel's settings", cause: refusal)
        }
    }

    private static func lifetime(_ role: String, _ fields: JSONFields) throws -> Int64? {
        guard let value = try fields.optionalInteger(role) else { return nil }
        guard ChannelSettings.lifetimeRange.contains(value) else {
            throw Refusal(
                IndexCode.settings,
                "the lifetime of `\(role)`",
                expected: "1 to \(ChannelSettings.lifetimeRange.upperBound) seconds",
                found: "\(value)"
            )
        }
        return value
    }
}
