"""The acknowledgement page: a link of a message in; what it asks, where it stands and the buttons out.

    door     what comes in from the network: methods, sizes, rates, origins; headers out
    ticket   a token and a form's nonce, or why they open nothing
    view     what the topics say, bounded, rebuilt at every start: it holds no truth
    paper    what stands on each page, in both languages
    desk     publishes an act, and waits for ESCALATION's word on it
    app      which page answers which request

Nothing here judges an act (law 10): ESCALATION alone does.
"""
