// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ContentTrust
import SigningKeys
import TrustCore

extension ChannelTrust {
    /// What must be renewed soon, or should have been, in the order of urgency: root and key manager by their offline
    /// keys, `pkg_mgr.json` by the package keys.
    ///
    /// - Parameter keys: the folder of keys. Nothing in it is opened: a file that refers to a key elsewhere counts as
    ///   that key.
    func renewalSteps(keys: KeyRing?, now: Timestamp) -> [String] {
        var steps: [String] = []
        for file in [chain.root.metadata, keyManager.metadata]
        where file.expiration <= now.advanced(byDays: Self.dueDays) {
            let state = file.expiration <= now ? "has run out" : "runs out on \(file.expiration)"
            steps.append("`\(file.role.rawValue)` \(state): renew it with its offline keys")
        }
        if let need = packageManagerNeed(now: now) {
            steps.append("\(need): \(renewal(keys))")
        } else if isPackageManagerDue(now: now) {
            steps.append("`pkg_mgr.json` runs out soon: \(renewal(keys))")
        }
        return steps
    }

    /// Why mamba could not use the channel, if it is meant to.
    func packageManagerNeed(now: Timestamp) -> String? {
        guard profile.forms.contains(.mamba) else { return nil }
        if let defect = packageManagerDefect { return "`pkg_mgr.json` is not good: \(defect.codeName)" }
        guard let current = packageManager else {
            return "there is no `pkg_mgr.json`, which mamba asks for"
        }
        guard now < current.metadata.expiration else { return "`pkg_mgr.json` has run out" }
        return nil
    }

    /// How many days before its end a renewal by offline keys is due.
    private static let dueDays = 30

    private func renewal(_ keys: KeyRing?) -> String {
        let command = "run `kingsnake content-trust sign`"
        let needed = authority.delegation.threshold
        guard let keys else { return command }
        let present = packageKeys(in: keys)
        guard present < needed else { return command }
        return "\(command) where the package keys are: \(needed) must sign it, and \(present) "
            + "\(present == 1 ? "is" : "are") at hand (\(keys.directory))"
    }

    private func packageKeys(in keys: KeyRing) -> Int {
        let files = [KeyRing.Purpose.package, .mambaPackage].flatMap { (try? keys.files(of: $0)) ?? [] }
        return files.count { path in
            guard let key = KeyRing.unverifiedPublicKey(at: path) else { return KeyRing.isReference(path) }
            return (try? TrustKey(key)).map { authority.forms[$0] != nil } ?? false
        }
    }
}
