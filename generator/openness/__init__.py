"""How open a release is: both framings, the Model Openness Framework, OSAID, and the exemption of the EU AI Act."""
