// Copyright (c) 2026 the Kingsnake authors
// SPDX-License-Identifier: BSD-3-Clause

internal import CondaFormats
internal import Gatekeeper
internal import Synchronization
public import Transport
public import TrustCore
internal import TrustPolicy

/// Counts what a proxy decides. It is told of transfers, too: give it to the fetcher as its observer.
public final class ProxyTally: Sendable {
    /// With more different packages or refusals than that, further ones are counted in the metrics only.
    static let maximumCount = 100_000

    private struct State {
        var summary: ProxySummary
        var seen: Set<String> = []
    }

    private let state: Mutex<State>
    let metrics: ServerMetrics

    /// Starts with nothing counted.
    public init(began: Timestamp, metrics: ServerMetrics = ServerMetrics()) {
        state = Mutex(State(summary: ProxySummary(began: began)))
        self.metrics = metrics
        for (name, text) in Self.texts { metrics.describe(name, text) }
    }

    /// Everything so far.
    public var summary: ProxySummary { state.withLock { $0.summary } }

    func admitted(_ package: AdmittedPackage, size: UInt64) {
        let name = "\(package.url.subdir)/\(package.url.fileName)"
        let channel = package.url.channel.identity
        let (evidence, voucher) = Self.evidence(package.verdict.voucher)
        let isNew = state.withLock { state in
            guard state.seen.count < Self.maximumCount, state.seen.insert("\(channel) \(name)").inserted
            else {
                return false
            }
            state.summary.admitted.append(
                .init(channel: channel, package: name, evidence: evidence, voucher: voucher, size: size)
            )
            return true
        }
        if isNew { metrics.add("kingsnake_proxy_admitted_total", ["evidence": evidence.rawValue]) }
    }

    func refused(_ refusal: ProxyRefusal) {
        metrics.add("kingsnake_proxy_refused_total", ["code": refusal.code])
        state.withLock { state in
            guard state.seen.count < Self.maximumCount,
                state.seen.insert("\(refusal.code) \(refusal.subject)").inserted
            else { return }
            state.summary.refused.append(refusal)
        }
    }

    func failed(_ error: any Error) {
        metrics.add("kingsnake_proxy_failures_total")
        state.withLock { state in
            state.summary.failures += 1
            state.summary.lastFailure = "\(error)"
        }
    }

    func viewed(_ view: UpstreamView) {
        state.withLock { state in
            guard state.summary.channels.count < Self.maximumCount else { return }
            state.summary.channels[view.channel.identity] = view.isStale
            if !view.isStale { state.summary.untaken[view.channel.identity] = nil }
        }
    }

    /// What a channel showed was refused, and the last view goes on.
    func gaveNothingNewer(_ channel: String, _ refusal: Refusal) {
        state.withLock { state in
            guard state.summary.untaken.count < Self.maximumCount else { return }
            state.summary.untaken[channel] = ProxyRefusal(refusal)
        }
    }

    func goes(by policy: PolicyStanding) {
        metrics.set("kingsnake_proxy_policy_outdated", to: policy.trouble == nil ? 0 : 1)
        metrics.set("kingsnake_proxy_policy_time_seconds", to: Double(policy.since.seconds))
        state.withLock { $0.summary.policy = policy }
    }

    func answered(bytes: Int) {
        state.withLock { state in
            state.summary.requests += 1
            state.summary.servedBytes &+= UInt64(clamping: bytes)
        }
    }

    private static func evidence(_ voucher: Voucher?) -> (ProxySummary.Evidence, String?) {
        switch voucher {
        case .publishers(let names, _, _): (.attested, names.joined(separator: " and "))
        case .maintainers: (.maintainers, voucher?.description)
        case .onlineKey, .packageKeys: (.signed, voucher?.description)
        case nil: (.observed, nil)
        }
    }

    static let texts = [
        "kingsnake_proxy_admitted_total": "Different packages passed on, by what they were admitted by.",
        "kingsnake_proxy_refused_total": "Requests refused, by code.",
        "kingsnake_proxy_failures_total": "Requests that could not be answered for now.",
        "kingsnake_proxy_fetched_bytes_total": "Bytes that came from channels.",
        "kingsnake_proxy_policy_outdated":
            "Whether the policy file cannot be read as it is now, so that an earlier policy counts.",
        "kingsnake_proxy_policy_time_seconds": "When the policy that counts came into force.",
    ]
}

extension ProxyTally: TransferObserver {
    /// Counts nothing.
    public func began(_ transfer: Transfer) {}

    /// Counts bytes.
    public func received(_ byteCount: Int, in transfer: Transfer) {
        metrics.add("kingsnake_proxy_fetched_bytes_total", [:], Double(byteCount))
        state.withLock { $0.summary.fetchedBytes &+= UInt64(clamping: byteCount) }
    }

    /// Counts nothing.
    public func ended(_ transfer: Transfer, completely: Bool) {}
}
