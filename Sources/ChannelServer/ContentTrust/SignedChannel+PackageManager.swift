// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import ContentTrust
import SigningKeys
import TrustCore

extension SignedChannel {
    /// Plans to write `pkg_mgr.json` anew, if mamba needs one and its end is near or all is to be signed.
    ///
    /// Trouble with it holds up nothing else, for what TUF signs must not run out on its account.
    /// - Returns: what is left to do, if it could not be made.
    func renewPackageManager(
        _ renewal: Renewal,
        _ publication: inout Publication,
        _ change: inout ChannelChange,
        now: Timestamp
    ) async throws -> UnsignedRole? {
        var expires: Timestamp?
        do {
            guard let trust = try ChannelTrust(directory: directory, keys: keys.directory),
                renewal == .everything && trust.profile.forms.contains(.mamba)
                    || trust.isPackageManagerDue(now: now)
            else { return nil }
            expires = trust.servedPackageManager?.expiration
            try trust.checkExpiry(now: now)
            let signers = trust.named(await packageSigners())
            let needed = trust.authority.delegation.threshold
            guard signers.count >= needed else {
                return unsigned(expires, needed: needed, present: signers.count, now: now)
            }
            let bytes = try await trust.packageManager(signedBy: signers, now: now)
            publication.write(bytes, to: PackageManagerFile.name, .trust)
            let version = (trust.previousPackageManager(now: now)?.version ?? 0) + 1
            change.signed.append("\(PackageManagerFile.name) version \(version)")
            return nil
        } catch let failure as Failure where failure.kind == .cancelled {
            throw failure
        } catch let failure as Failure {
            return unsigned(expires, because: failure.description, now: now)
        } catch let refusal as Refusal {
            return unsigned(expires, because: refusal.description, now: now)
        }
    }

    /// The keys that sign records, as far as they open: the file is signed by any of them, in either form.
    private func packageSigners() async -> [any Signer] {
        var signers: [any Signer] = []
        for purpose in [KeyRing.Purpose.package, .mambaPackage] {
            for path in (try? keys.files(of: purpose)) ?? [] {
                guard let signer = try? await KeyRing.signer(at: path, passphrase: passphrase) else {
                    continue
                }
                signers.append(signer)
            }
        }
        return signers
    }

    private func unsigned(
        _ expires: Timestamp?,
        needed: Int = 0,
        present: Int = 0,
        because obstacle: String? = nil,
        now: Timestamp
    ) -> UnsignedRole {
        UnsignedRole(
            name: PackageManagerFile.name,
            expires: expires,
            isExpired: expires.map { $0 <= now } ?? true,
            signer: .package,
            needed: needed,
            present: present,
            wasDemanded: false,
            obstacle: obstacle,
            keys: keys.directory
        )
    }
}
