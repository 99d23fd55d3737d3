// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ContentTrust
import SigningKeys
import TrustCore

/// When `pkg_mgr.json` is renewed: metadata that delegates to nobody, signed by the keys that sign records.
///
/// mamba asks for it, and refuses a channel without it or with one that has run out; conda does not know it. So the
/// keys that sign records renew it where they work, and it lives shorter than what offline keys sign.
public enum PackageManagerFile {
    /// The name of the file, at the top of a channel's folder.
    public static var name: String { TrustRole.packageManager.fileName(version: 1) }

    /// How long it is good, in seconds: ninety days.
    static let lifetime: Int64 = 90 * 86_400

    /// Whether less than a third of its life is left, or there is none.
    static func isDue(_ current: TrustMetadata?, now: Timestamp) -> Bool {
        guard let current else { return true }
        return current.expiration <= now.advanced(bySeconds: lifetime / 3)
    }
}

extension ChannelTrust {
    /// Whether mamba needs `pkg_mgr.json`, and there is none that is good for long.
    func isPackageManagerDue(now: Timestamp) -> Bool {
        profile.forms.contains(.mamba) && PackageManagerFile.isDue(packageManager?.metadata, now: now)
    }

    /// `pkg_mgr.json` anew, if mamba needs one and its end is near; nil otherwise.
    ///
    /// - Parameter open: opens the keys; asked only if there is need.
    /// - Throws: `trust-ceremony.incomplete` if too few of the keys that `key_mgr.json` names are there.
    func renewedPackageManager(
        now: Timestamp,
        open: () async throws -> RecordSigners
    ) async throws -> [UInt8]? {
        guard isPackageManagerDue(now: now) else { return nil }
        return try await packageManager(signedBy: open().keys.map(\.signer), now: now)
    }

    /// The next version of `pkg_mgr.json`.
    ///
    /// - Throws: `trust-ceremony.incomplete` if too few of the signers are named by `key_mgr.json`.
    func packageManager(signedBy signers: [any Signer], now: Timestamp) async throws -> [UInt8] {
        let bytes = try await PackageManagerDocument.signed(
            by: signers,
            keyManager: keyManager,
            after: previousPackageManager(now: now),
            expires: now.advanced(bySeconds: PackageManagerFile.lifetime),
            now: now
        )
        _ = try chain.packageManager(bytes, by: keyManager, now: now)
        return bytes
    }

    /// What the next version must be later than: the one that the package keys signed. Of a file that they did not sign,
    /// perhaps because they changed, only what an honest one could say counts: anybody may have put it there, to make
    /// the keys sign a version or a date after which there is none.
    func previousPackageManager(now: Timestamp) -> TrustMetadata? {
        if let packageManager { return packageManager.metadata }
        guard let served = servedPackageManager, (served.version ?? 0) <= Self.largestHonestVersion,
            (try? served.checkMade(by: now)) != nil
        else { return nil }
        return served
    }

    private static var largestHonestVersion: Int64 { 1 << 32 }

    /// Those of the signers whose keys `key_mgr.json` names, each key once.
    func named(_ signers: [any Signer]) -> [any Signer] {
        var seen: Set<TrustKey> = []
        return signers.filter { signer in
            guard let key = try? TrustKey(signer.publicKey), authority.forms[key] != nil else { return false }
            return seen.insert(key).inserted
        }
    }
}
