// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

import CondaFormats
import TrustCore
import TrustPolicy

/// Records who published packages that were never seen before, once all of a run is verified and admitted.
struct FirstSightings {
    private let policy: Policy
    private let now: Timestamp

    init(_ policy: Policy, now: Timestamp) {
        self.policy = policy
        self.now = now
    }

    /// Records, all or nothing, and answers what became of the packages.
    ///
    /// Meanwhile another run may have seen somebody else publish one of them, or two of these packages have
    /// one name and different publishers. So each is judged again by what the lock says by then, for as long
    /// as nobody else can change it.
    func record(_ admissions: [Admission], in store: UserPolicyStore?) throws -> [Admission] {
        let packages = admissions.map { admission in
            if case .admitted(let package) = admission { package } else { nil as AdmittedPackage? }
        }
        guard let store, packages.allSatisfy({ $0 != nil }),
            packages.contains(where: { $0?.isFirstSight == true })
        else { return admissions }
        var judged = admissions
        try store.changePublisherLock { lock in
            var changed = lock
            for (number, package) in packages.enumerated() {
                guard let package, let verdict = verdict(on: package, by: changed) else { continue }
                guard verdict.isAllowed else {
                    judged[number] = .refused(verdict)
                    continue
                }
                _ = changed.record(
                    package.verdict.evidence?.firstUsePublications ?? [],
                    of: package.url.fileName,
                    package.sha256,
                    in: package.url.channel,
                    now: now
                )
            }
            // Of a run in which anything is refused, nothing is believed.
            if judged.allSatisfy(\.verdict.isAllowed) { lock = changed }
        }
        return judged
    }

    /// What the policy says by another lock; nil where that does not count.
    private func verdict(on package: AdmittedPackage, by lock: PublisherLock) -> Verdict? {
        guard var evidence = package.verdict.evidence, evidence.publishers?.known != nil else { return nil }
        evidence.publishers?.known = KnownPublishers(
            lock.sighting(of: package.url.fileName.name, in: package.url.channel)
        )
        return policy.verdict(on: evidence)
    }
}

extension AdmittedPackage {
    /// Whether who published it before would count, and nothing was seen of it before.
    fileprivate var isFirstSight: Bool {
        verdict.evidence?.publishers?.known.map { $0.sighting == nil } ?? false
    }
}
